// ECDSA verification with selected edge cases of Wycheproof (EcdsaP1363Verify).
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

static const struct {
    enum crypto_curve curve;
    enum crypto_hash hash;
    const char *point;
    const char *message;
    const char *signature;
    bool valid;
} vectors[] = {
    {CRYPTO_P256, CRYPTO_SHA256,
     "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4"
     "606766b3d9685001558d1a974e7341513e",
     "313233343030",
     "2ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e184cd60b855d442f5b3c7b11eb6c4e0ae7"
     "525fe710fab9aa7c77a67f79e6fadd76",
     true}, // signature malleability
    {CRYPTO_P256, CRYPTO_SHA256,
     "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4"
     "606766b3d9685001558d1a974e7341513e",
     "313233343030",
     "012ba3a8bd6b94d5ed80a6d9d1190a436ebccc0833490686deac8635bcb9bf536900b329f479a2bbd0a5c384ee1493b1"
     "f5186a87139cac5df4087c134b49156847db",
     false}, // replaced r by r + n
    {CRYPTO_P256, CRYPTO_SHA256,
     "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4"
     "606766b3d9685001558d1a974e7341513e",
     "313233343030",
     "d45c5740946b2a147f59262ee6f5bc90bd01ed280528b62b3aed5fc93f06f739b329f479a2bbd0a5c384ee1493b1f518"
     "6a87139cac5df4087c134b49156847db",
     false}, // replaced r by n - r
    {CRYPTO_P256, CRYPTO_SHA256,
     "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4"
     "606766b3d9685001558d1a974e7341513e",
     "313233343030",
     "012ba3a8be6b94d5ec80a6d9d1190a436effe50d85a1eee859b8cc6af9bd5c2e1800b329f479a2bbd0a5c384ee1493b1"
     "f5186a87139cac5df4087c134b49156847db",
     false}, // replaced r by r + 2**256
    {CRYPTO_P256, CRYPTO_SHA256,
     "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4"
     "606766b3d9685001558d1a974e7341513e",
     "313233343030",
     "01b329f478a2bbd0a6c384ee1493b1f518276e0e4a5375928d6fcd160c11cb6d2c00b329f479a2bbd0a5c384ee1493b1"
     "f5186a87139cac5df4087c134b49156847db",
     false}, // replaced s by s + n
    {CRYPTO_P256, CRYPTO_SHA256,
     "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4"
     "606766b3d9685001558d1a974e7341513e",
     "313233343030",
     "01b329f479a2bbd0a5c384ee1493b1f5186a87139cac5df4087c134b49156847db00b329f479a2bbd0a5c384ee1493b1"
     "f5186a87139cac5df4087c134b49156847db",
     false}, // replaced s by s + 2**256
    {CRYPTO_P256, CRYPTO_SHA256,
     "042927b10512bae3eddcfe467828128bad2903269919f7086069c8c4df6c732838c7787964eaac00e5921fb1498a60f4"
     "606766b3d9685001558d1a974e7341513e",
     "3639383139",
     "64a1aab5000d0e804f3e2fc02bdee9be8ff312334e2ba16d11547c97711c898e6af015971cc30be6d1a206d4e013e099"
     "7772a2f91d73286ffd683b9bb2cf4f1b",
     true}, // Edge case for Shamir multiplication
    {CRYPTO_P256, CRYPTO_SHA256,
     "040ad99500288d466940031d72a9f5445a4d43784640855bf0a69874d2de5fe103c5011e6ef2c42dcd50d5d3d29f99ae"
     "6eba2c80c9244f4c5422f0979ff0c3ba5e",
     "313233343030",
     "000000000000000000000000000000004319055358e8617b0c46353d039cdaabffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     true}, // k*G has a large x-coordinate
    {CRYPTO_P256, CRYPTO_SHA256,
     "040ad99500288d466940031d72a9f5445a4d43784640855bf0a69874d2de5fe103c5011e6ef2c42dcd50d5d3d29f99ae"
     "6eba2c80c9244f4c5422f0979ff0c3ba5e",
     "313233343030",
     "ffffffff00000001000000000000000000000000fffffffffffffffffffffffcffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     false}, // r too large
    {CRYPTO_P256, CRYPTO_SHA256,
     "04ab05fd9d0de26b9ce6f4819652d9fc69193d0aa398f0fba8013e09c58220455419235271228c786759095d12b75af0"
     "692dd4103f19f6a8c32f49435a1e9b8d45",
     "313233343030",
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254fffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     true}, // r,s are large
    {CRYPTO_P256, CRYPTO_SHA256,
     "04a71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac9575d47723c8fbe580bb369fec9c2665d"
     "8e30a435b9932645482e7c9f11e872296b",
     "313233343030",
     "000000000000000000000000000000000000000000000000000000000000000500000000000000000000000000000000"
     "00000000000000000000000000000001",
     true}, // small r and s
    {CRYPTO_P256, CRYPTO_SHA256,
     "04a71af64de5126a4a4e02b7922d66ce9415ce88a4c9d25514d91082c8725ac9575d47723c8fbe580bb369fec9c2665d"
     "8e30a435b9932645482e7c9f11e872296b",
     "313233343030", "0501", false}, // incorrect size of signature
    {CRYPTO_P256, CRYPTO_SHA256,
     "04d03eb09913cc20c6a8d0070f0d8d2a7f63527fafa44117fce6bd1ef2aa4ae3c46d5df3f45ac58fa334c6d102381b31"
     "20b7a2455600dcaff3d1a845514f12bf46",
     "313233343030",
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63255700000000000000000000000000000000"
     "00000000000000000000000000000007",
     false}, // r is larger than n
    {CRYPTO_P256, CRYPTO_SHA256,
     "043a72476291571193b4d109b2c37b59f2807e8fe9cffd804eacded903e77ca0da592dbc74fee0ca7508cc7bc282b0c5"
     "1a143286ff53c60131668e7a0929e4ed04",
     "313233343030",
     "0000000000000000000000000000000000000000000000000000000000000006ffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc75fbd8",
     false}, // s is larger than n
    {CRYPTO_P256, CRYPTO_SHA256,
     "04d0f73792203716afd4be4329faa48d269f15313ebbba379d7783c97bf3e890d9971f4a3206605bec21782bf5e275c7"
     "14417e8f566549e6bc68690d2363c89cc1",
     "313233343030",
     "00000000000000000000000000000000000000000000000000000000000001008f1e3c7862c58b16bb76eddbb76eddbb"
     "516af4f63f2d74d76e0d28c9bb75ea88",
     true}, // small r and s^-1
    {CRYPTO_P256, CRYPTO_SHA256,
     "045ac331a1103fe966697379f356a937f350588a05477e308851b8a502d5dfcdc5fe9993df4b57939b2b8da095bf6d79"
     "4265204cfe03be995a02e65d408c871c0b",
     "313233343030",
     "0000000000000000000000000000000000000000000000000000000000000100ef9f6ba4d97c09d03178fa20b4aaad83"
     "be3cf9cb824a879fec3270fc4b81ef5b",
     true}, // small r and 100 bit s^-1
    {CRYPTO_P256, CRYPTO_SHA256,
     "04083539fbee44625e3acaafa2fcb41349392cef0633a1b8fabecee0c133b10e99915c1ebe7bf00df8535196770a5804"
     "7ae2a402f26326bb7d41d4d7616337911e",
     "313233343030",
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc6324d555555555000000005555555555555555"
     "3ef7a8e48d07df81a693439654210c70",
     true}, // r and s^-1 are close to n
    {CRYPTO_P256, CRYPTO_SHA256,
     "048aeb368a7027a4d64abdea37390c0c1d6a26f399e2d9734de1eb3d0e1937387405bd13834715e1dbae9b875cf07bd5"
     "5e1b6691c7f7536aef3b19bf7a4adf576d",
     "313233343030",
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c7000000000000000000000000000000000"
     "00000000000000000000000000000001",
     true}, // s == 1
    {CRYPTO_P256, CRYPTO_SHA256,
     "048aeb368a7027a4d64abdea37390c0c1d6a26f399e2d9734de1eb3d0e1937387405bd13834715e1dbae9b875cf07bd5"
     "5e1b6691c7f7536aef3b19bf7a4adf576d",
     "313233343030",
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c7000000000000000000000000000000000"
     "00000000000000000000000000000000",
     false}, // s == 0
    {CRYPTO_P256, CRYPTO_SHA256,
     "0461722eaba731c697c7a9ba4d0afdbb5713d8aa12b0eab601bb33dbaf792c5adc272cd993b2b663aba5b3a26c101182"
     "ff178684945e83879e71598b95fe647dfc",
     "313233343030",
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c7002f676969f451a8ccafa4c4f09791810"
     "e6d632dbd60b1d5540f3284fbe1889b0",
     true}, // edge case modular inverse
    {CRYPTO_P256, CRYPTO_SHA256,
     "04b533d4695dd5b8c5e07757e55e6e516f7e2c88fa0239e23f60e8ec07dd70f2871b134ee58cc583278456863f33c3a8"
     "5d881f7d4a39850143e29d4eaf009afe47",
     "313233343030",
     "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a855555555000000005555555555555555"
     "3ef7a8e48d07df81a693439654210c70",
     false}, // point at infinity during verify
    {CRYPTO_P256, CRYPTO_SHA256,
     "04f50d371b91bfb1d7d14e1323523bc3aa8cbf2c57f9e284de628c8b4536787b86f94ad887ac94d527247cd2e7d0c8b1"
     "291c553c9730405380b14cbb209f5fa2dd",
     "313233343030",
     "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a97fffffff800000007fffffffffffffff"
     "de737d56d38bcf4279dce5617e3192a8",
     true}, // edge case for signature malleability
    {CRYPTO_P256, CRYPTO_SHA256,
     "0469da0364734d2e530fece94019265fefb781a0f1b08f6c8897bdf6557927c8b866d2d3c7dcd518b23d726960f069ad"
     "71a933d86ef8abbcce8b20f71e2a847002",
     "313233343030",
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c70bb5a52f42f9c9261ed4361f59422a1e3"
     "0036e7c32b270c8807a419feca605023",
     true}, // u1 == 1
    {CRYPTO_P256, CRYPTO_SHA256,
     "04d8adc00023a8edc02576e2b63e3e30621a471e2b2320620187bf067a1ac1ff3233e2b50ec09807accb36131fff95ed"
     "12a09a86b4ea9690aa32861576ba2362e1",
     "313233343030",
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c7044a5ad0ad0636d9f12bc9e0a6bdd5e1c"
     "bcb012ea7bf091fcec15b0c43202d52e",
     true}, // u1 == n - 1
    {CRYPTO_P256, CRYPTO_SHA256,
     "043623ac973ced0a56fa6d882f03a7d5c7edca02cfc7b2401fab3690dbe75ab7858db06908e64b28613da7257e737f39"
     "793da8e713ba0643b92e9bb3252be7f8fe",
     "313233343030",
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c7055555555000000005555555555555555"
     "3ef7a8e48d07df81a693439654210c70",
     true}, // u2 == 1
    {CRYPTO_P256, CRYPTO_SHA256,
     "04cf04ea77e9622523d894b93ff52dc3027b31959503b6fa3890e5e04263f922f1e8528fb7c006b3983c8b8400e57b4e"
     "d71740c2f3975438821199bedeaecab2e9",
     "313233343030",
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c70aaaaaaaa00000000aaaaaaaaaaaaaaaa"
     "7def51c91a0fbf034d26872ca84218e1",
     true}, // u2 == n - 1
    {CRYPTO_P256, CRYPTO_SHA256,
     "04db7a2c8a1ab573e5929dc24077b508d7e683d49227996bda3e9f78dbeff773504f417f3bc9a88075c2e0aadd5a1331"
     "1730cf7cc76a82f11a36eaf08a6c99a206",
     "313233343030",
     "7ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffde91e1ba60fdedb76a46bcb51dc0b8b4b"
     "7e019f0a28721885fa5d3a8196623397",
     true}, // edge case for u1
    {CRYPTO_P256, CRYPTO_SHA256,
     "045b812fd521aafa69835a849cce6fbdeb6983b442d2444fe70e134c027fc46963838a40f2a36092e9004e92d8d940cf"
     "5638550ce672ce8b8d4e15eba5499249e9",
     "313233343030",
     "6f2347cab7dd76858fe0555ac3bc99048c4aacafdfb6bcbe05ea6c42c4934569bb726660235793aa9957a61e76e00c2c"
     "435109cf9a15dd624d53f4301047856b",
     true}, // point duplication during verification
    {CRYPTO_P256, CRYPTO_SHA256,
     "045b812fd521aafa69835a849cce6fbdeb6983b442d2444fe70e134c027fc469637c75bf0c5c9f6d17ffb16d2726bf30"
     "a9c7aaf31a8d317472b1ea145ab66db616",
     "313233343030",
     "6f2347cab7dd76858fe0555ac3bc99048c4aacafdfb6bcbe05ea6c42c4934569bb726660235793aa9957a61e76e00c2c"
     "435109cf9a15dd624d53f4301047856b",
     false}, // duplication bug
    {CRYPTO_P256, CRYPTO_SHA256,
     "046adda82b90261b0f319faa0d878665a6b6da497f09c903176222c34acfef72a647e6f50dcc40ad5d9b59f7602bb222"
     "fad71a41bf5e1f9df4959a364c62e488d9",
     "313233343030",
     "000000000000000000000000000000000000000000000000000000000000000155555555000000005555555555555555"
     "3ef7a8e48d07df81a693439654210c70",
     false}, // point with x-coordinate 0
    {CRYPTO_P256, CRYPTO_SHA256,
     "04dd86d3b5f4a13e8511083b78002081c53ff467f11ebd98a51a633db76665d25045d5c8200c89f2fa10d849349226d2"
     "1d8dfaed6ff8d5cb3e1b7e17474ebc18f7",
     "313233343030",
     "555555550000000055555555555555553ef7a8e48d07df81a693439654210c7033333333000000003333333333333333"
     "25c7cbbc549e52e763f1f55a327a3aa9",
     false}, // comparison with point at infinity
    {CRYPTO_P256, CRYPTO_SHA256,
     "044fea55b32cb32aca0c12c4cd0abfb4e64b0f5a516e578c016591a93f5a0fbcc5d7d3fd10b2be668c547b212f6bb14c"
     "88f0fecd38a8a4b2c785ed3be62ce4b280",
     "313233343030",
     "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc4766997855555555000000005555555555555555"
     "3ef7a8e48d07df81a693439654210c70",
     true}, // extreme value for k and edgecase s
    {CRYPTO_P256, CRYPTO_SHA256,
     "04c6a771527024227792170a6f8eee735bf32b7f98af669ead299802e32d7c3107bc3b4b5e65ab887bbd343572b3e561"
     "9261fe3a073e2ffd78412f726867db589e",
     "313233343030",
     "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc47669978b6db6db6249249254924924924924924"
     "625bd7a09bec4ca81bcdd9f8fd6b63cc",
     true}, // extreme value for k and s^-1
    {CRYPTO_P256, CRYPTO_SHA256,
     "040d935bf9ffc115a527735f729ca8a4ca23ee01a4894adf0e3415ac84e808bb343195a3762fea29ed38912bd9ea6c4f"
     "de70c3050893a4375850ce61d82eba33c5",
     "313233343030",
     "7cf27b188d034f7e8a52380304b51ac3c08969e277f21b35a60b48fc4766997816a4502e2781e11ac82cbc9d1edd8c98"
     "1584d13e18411e2f6e0478c34416e3bb",
     true}, // extreme value for k
    {CRYPTO_P256, CRYPTO_SHA256,
     "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e"
     "162bce33576b315ececbb6406837bf51f5",
     "313233343030",
     "bb5a52f42f9c9261ed4361f59422a1e30036e7c32b270c8807a419feca605023249249246db6db6ddb6db6db6db6db6d"
     "ad4591868595a8ee6bf5f864ff7be0c2",
     false}, // public key shares x-coordinate with generator
    {CRYPTO_P256, CRYPTO_SHA256,
     "04fffffff948081e6a0458dd8f9e738f2665ff9059ad6aac0708318c4ca9a7a4f55a8abcba2dda8474311ee54149b973"
     "cae0c0fb89557ad0bf78e6529a1663bd73",
     "4d657373616765",
     "766456dce1857c906f9996af729339464d27e9d98edc2d0e3b760297067421f6402385ecadae0d8081dccaf5d19037ec"
     "4e55376eced699e93646bfbbf19d0b41",
     true}, // x-coordinate of the public key is large
    {CRYPTO_P256, CRYPTO_SHA256,
     "0400000003fa15f963949d5f03a6f5c7f86f9e0015eeb23aebbff1173937ba748e1099872070e8e87c555fa13659cca5"
     "d7fadcfcb0023ea889548ca48af2ba7e71",
     "4d657373616765",
     "b7c81457d4aeb6aa65957098569f0479710ad7f6595d5874c35a93d12a5dd4c7b7961a0b652878c2d568069a432ca18a"
     "1a9199f2ca574dad4b9e3a05c0a1cdb3",
     true}, // x-coordinate of the public key is small
    {CRYPTO_P256, CRYPTO_SHA256,
     "04bcbb2914c79f045eaa6ecbbc612816b3be5d2d6796707d8125e9f851c18af015000000001352bb4a0fa2ea4cceb9ab"
     "63dd684ade5a1127bcf300a698a7193bc2",
     "4d657373616765",
     "31230428405560dcb88fb5a646836aea9b23a23dd973dcbe8014c87b8b20eb070f9344d6e812ce166646747694a41b0a"
     "af97374e19f3c5fb8bd7ae3d9bd0beff",
     true}, // y-coordinate of the public key is small
    {CRYPTO_P256, CRYPTO_SHA256,
     "04bcbb2914c79f045eaa6ecbbc612816b3be5d2d6796707d8125e9f851c18af015fffffffeecad44b6f05d15b3314654"
     "9c2297b522a5eed8430cff596758e6c43d",
     "4d657373616765",
     "d7d70c581ae9e3f66dc6a480bf037ae23f8a1e4a2136fe4b03aa69f0ca25b35689c460f8a5a5c2bbba962c8a3ee833a4"
     "13e85658e62a59e2af41d9127cc47224",
     true}, // y-coordinate of the public key is large
    {CRYPTO_P256, CRYPTO_SHA256,
     "04264d796a0dab9b376d34eea6fe297dde1c7b73e53944bc96c8f1e8a6850bb6c9cf5308020eed460c649ddae61d4ef8"
     "bb79958113f106befaf4f18876d12a5e64",
     "68656c6c6f2c20776f726c64",
     "0000000000000000000000000000000000000000000000000000000000000005ffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     true}, // r = 5, x = 5 is valid
    {CRYPTO_P256, CRYPTO_SHA256,
     "04add76677e54a92e79bbee36a70e1754838273ec4b39295e4018a587290a7fc73f240d625642c943e610d80d953c5c6"
     "b8a12760a624ba3b90a0b7902755e1ae79",
     "68656c6c6f2c20776f726c64",
     "0000000000000000000000000000000000000000000000000000000000000006ffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     false}, // r = 6, x = 5 is invalid
    {CRYPTO_P256, CRYPTO_SHA256,
     "04264d796a0dab9b376d34eea6fe297dde1c7b73e53944bc96c8f1e8a6850bb6c9cf5308020eed460c649ddae61d4ef8"
     "bb79958113f106befaf4f18876d12a5e64",
     "68656c6c6f2c20776f726c64",
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632556ffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     false}, // r = 5 + n, x = 5 is invalid; r was not reduced mod n
    {CRYPTO_P256, CRYPTO_SHA256,
     "04e7e49dd82812432744fefe723f7f69663214ad1b85c02b2650b4ca0354743a325223c51c415f457aec69cb019bbe3d"
     "27585b38f8b79c39dfea6c27c2f0d8146a",
     "68656c6c6f2c20776f726c64",
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254effffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     false}, // r = n - 3, x = n - 2 is invalid
    {CRYPTO_P256, CRYPTO_SHA256,
     "04ce24c99032d52ac6ead23c0ae3ec68ef41e51a281fd457808c83136d7dcce90e8f7a154b551e9f39c59279357aa491"
     "b2a62bdebc2bb78613883fc72936c057e0",
     "68656c6c6f2c20776f726c64",
     "0000000000000000000000000000000000000000000000000000000000000003ffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     true}, // r = 3, x = n + 3 is the smallest possible x with a reduction
    {CRYPTO_P256, CRYPTO_SHA256,
     "04c981c75ddfd3910387eb147098fe5658c43aaaa34c681cd6d514b6ad5b6baa6d14fbddb53a6e6db18e90602bc60f2e"
     "736d625765f7f2cca4be76f4eeccf12c18",
     "68656c6c6f2c20776f726c64",
     "0000000000000000000000000000000000000000000000000000000000000004ffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     false}, // r = 4, x = n + 3 is invalid
    {CRYPTO_P256, CRYPTO_SHA256,
     "040ec505bc19b14a43e05678cccf07a443d3e871a2e19b68a4da91859a0650f32477300e4f64e9982d94dff5d294428b"
     "b37cc9be66117cae9c389d2d495f68b987",
     "68656c6c6f2c20776f726c64",
     "000000000000000000000000000000004319055358e8617b0c46353d039cdab3ffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     false}, // r = p - n + 5, x = 5 is invalid; r is too large to compare r
    {CRYPTO_P256, CRYPTO_SHA256,
     "04d42ce21e730f3d2a84e949828574b4dceeb77d4f89556735f34fba03028ee3ed32daf8bfd3f0a7a0821170840f4e03"
     "2056722386b35d9bdd4f4f450696f4fb52",
     "68656c6c6f2c20776f726c64",
     "00000000ffffffff00000000000000004319055258e8617b0c46353d039cdab4ffffffff00000000ffffffffffffffff"
     "bce6faada7179e84f3b9cac2fc63254e",
     false}, // r = 2^256 - n + 5, x = 5 is invalid; r + n is too large to c
    {CRYPTO_P256, CRYPTO_SHA256,
     "046955a72c0dad4ed60356f7692649b951fa8ea474bf1cc9549b96c68de4782dfae012ffc24e92c72be71ff2622ee7e5"
     "49dcb59e7b708f6921c4d4ea29512e2aba",
     "68656c6c6f2c20776f726c64",
     "5f6d3aa0d327c13702513d4299f297ab182fcf670f96291fab19572e7a6e01c400000000000000000000000000000001"
     "00000000000000000000000000000000",
     true}, // s = 2^128
    {CRYPTO_P256, CRYPTO_SHA256,
     "046955a72c0dad4ed60356f7692649b951fa8ea474bf1cc9549b96c68de4782dfae012ffc24e92c72be71ff2622ee7e5"
     "49dcb59e7b708f6921c4d4ea29512e2aba",
     "68656c6c6f2c20776f726c64",
     "5f6d3aa0d327c13702513d4299f297ab182fcf670f96291fab19572e7a6e01c4ffffffff00000000fffffffffffffffe"
     "bce6faada7179e84f3b9cac2fc632551",
     true}, // s = n - 2^128
    {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256,
     "04019a2d9637743a63ddaefdbca0ee229a163b809b9b145e5313bbeb8defeab9d6548caf89bf5ba49499404145651234"
     "336401b9b2843a579ed152e090f11b9e59",
     "313233343030",
     "0a5f8c70ba2d0842d5d0f841f160ad15195769a8159bfe692634d73d469d111f426e857aad3ff7aa96e4d200c03b45f1"
     "846a36d089ee3917768ca1a0d6d4da6e",
     true}, // signature malleability
    {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256,
     "04019a2d9637743a63ddaefdbca0ee229a163b809b9b145e5313bbeb8defeab9d6548caf89bf5ba49499404145651234"
     "336401b9b2843a579ed152e090f11b9e59",
     "313233343030",
     "b45ae44c5c1bb1ff143702d28ee43a86a590e44bcafda560b652e5bfdde567c6678cd260f4aeb211a781388fdd484780"
     "07cf43d32b736de019916ce1c0737c39",
     false}, // replaced r by r + n
    {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256,
     "04019a2d9637743a63ddaefdbca0ee229a163b809b9b145e5313bbeb8defeab9d6548caf89bf5ba49499404145651234"
     "336401b9b2843a579ed152e090f11b9e59",
     "3638393434",
     "0c939a92486c6d0d619510b4a94162b9221be2eb15faf878bff75e6cdf4e37073977619b43e6b4ea1870d861206483b3"
     "06560e3c4a3ef82b11a802ff8892dc1d",
     true}, // Edge case for Shamir multiplication
    {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256,
     "044b402a9ae18fc1a87cda337483900499fe729e471607671651a263fbf0d93f781ef9b0f98fb73bcb605a7823a427ea"
     "5f0d98788c7dae42a04536202022c021cd",
     "313233343030",
     "00000000000000000000000000000000e2027b801fc479308ff5399a8825fccfa9fb57dba1eea9bc3e660a909d838d71"
     "8c397aa3b561a6f7901e0e82974856a4",
     true}, // k*G has a large x-coordinate
    {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256,
     "044b402a9ae18fc1a87cda337483900499fe729e471607671651a263fbf0d93f781ef9b0f98fb73bcb605a7823a427ea"
     "5f0d98788c7dae42a04536202022c021cd",
     "313233343030",
     "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5376a9fb57dba1eea9bc3e660a909d838d71"
     "8c397aa3b561a6f7901e0e82974856a4",
     false}, // r too large
    {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256,
     "04149d893f1306fb253bbf3a8691aba8a50002b0a27693aa97435a7b5cb33a55ee24b075fcdbc1a739f2f492dbe47994"
     "74ee3ad3804447e7d584e3430ce15a968a",
     "313233343030",
     "000000000000000000000000000000000000000000000000000000000000000100000000000000000000000000000000"
     "00000000000000000000000000000001",
     true}, // small r and s
    {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256,
     "04149d893f1306fb253bbf3a8691aba8a50002b0a27693aa97435a7b5cb33a55ee24b075fcdbc1a739f2f492dbe47994"
     "74ee3ad3804447e7d584e3430ce15a968a",
     "313233343030", "0101", false}, // incorrect size of signature
    {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256,
     "0482abe2f6b8150d11478d0014f6bac230f8396fcfea4ac5b6693189ce342cc00640252a7f09dc8b0ba0a8b62fcdb00e"
     "8ee1bb65c2318a30cd294f856be9cbb639",
     "313233343030",
     "38a91d4935fa389414ccae3034812f25d9687e3691cb37a7dab4af80dd181ce2253f2522f5ea35c8d48a5aa79ad3da0a"
     "f8eeaf1a5e0aeaab295494c94bb615b4",
     true}, // edge case modular inverse
    {CRYPTO_BRAINPOOL_P256R1, CRYPTO_SHA256,
     "0425d17570e4bae1e468e6dd0975b382368061e0c704241c1d18fd5baa8ca8dc135acadcd13992f6665b469c9f9ab779"
     "7e3c4b881c6d7f4d2601c96a1536f76d05",
     "313233343030",
     "54fdabedd0f754de1f3305484ec1c6b8c61cbd51dab0d37bc80f07414ba42b5338a91d4935fa389414ccae3034812f25"
     "d9687e3691cb37a7dab4af80dd181ce2",
     false}, // point at infinity during verify
    {CRYPTO_BRAINPOOL_P384R1, CRYPTO_SHA384,
     "04192ed5ce547d2336911d3f6cecba227f08df077f6242a9147a914e854e6e32d325fd23ccc42921dc4a7e4c2eb71def"
     "d3631e69079ba982e7a1cad0a39eff47fc6d6e3a280d081286b624886ba1f3069671ec1a29986d84fb79736d2799e6fc"
     "21",
     "313233343030",
     "0e8e114a1c351405560bf8d47b166bfe957087a8003b353433b6144f7ee7d6f79c8dd14ef229fa7a2f2782bf33708b91"
     "83aa7ba485dc060df9922f9ccc5da29adb75d44671d18bad0636d2e09c5e2f95e892a79b9fd3b37e1f798b157b567a24",
     true}, // signature malleability
    {CRYPTO_BRAINPOOL_P384R1, CRYPTO_SHA384,
     "04192ed5ce547d2336911d3f6cecba227f08df077f6242a9147a914e854e6e32d325fd23ccc42921dc4a7e4c2eb71def"
     "d3631e69079ba982e7a1cad0a39eff47fc6d6e3a280d081286b624886ba1f3069671ec1a29986d84fb79736d2799e6fc"
     "21",
     "313233343030",
     "9b472fccbf6d812d65696852cbfcadddaa9ff8b1ed8f8be752cc82bc2aebfc9f6bc887fe5da9bd8a6aafb4c21c74f0f6"
     "090ea2de1d5c671a15cb3fe184889f4439b99cc37b82cb0618df9b8c0fa5f611e6a80f13cbac0f921c0ea6ed6dadeb41",
     false}, // replaced r by r + n
    {CRYPTO_BRAINPOOL_P384R1, CRYPTO_SHA384,
     "04192ed5ce547d2336911d3f6cecba227f08df077f6242a9147a914e854e6e32d325fd23ccc42921dc4a7e4c2eb71def"
     "d3631e69079ba982e7a1cad0a39eff47fc6d6e3a280d081286b624886ba1f3069671ec1a29986d84fb79736d2799e6fc"
     "21",
     "3335373632",
     "705c790f8f50061c508c15fc9aabc1f58193ab15b394ab2195e358cb620a5bf4b65449afb9c417bd1a3105e53a9742ce"
     "6dd7abda4001bc416982ab4326b5d27b1280f02b142f040ce2497f9e153e4e1e3a35c5ffaef72694e677872eb19ddf36",
     true}, // Edge case for Shamir multiplication
    {CRYPTO_BRAINPOOL_P384R1, CRYPTO_SHA384,
     "048a94164dc7654fda3cd4301d3e972024c2daba71d442128c7f3faecdb9e375a85aa80c4ac28889f258e6cba886d476"
     "36548b3bf1b675f2318c3d8ab7a1c281a33241c121b3590bfdf703c7cd4bae8f451886d989234c1b8c589614554d4293"
     "92",
     "313233343030",
     "000000000000000000000000000000000000000000000000f39b6bacd3b2eb7bdd98f07a249d57614bbece10480386e8"
     "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046562",
     true}, // k*G has a large x-coordinate
};

static void test_verdicts_are_those_of_wycheproof(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct bytes point;
        struct bytes message;
        struct bytes signature;
        struct crypto_ec_key key;
        uint8_t digest[CRYPTO_HASH_MAX];
        hex(&message, vectors[i].message);
        assert_true(crypto_hash_parts(vectors[i].hash, &message.s, 1, digest));
        assert_true(crypto_ec_load_public(&key, vectors[i].curve, hex(&point, vectors[i].point)));
        const struct span hashed = span_of(digest, crypto_hash_length(vectors[i].hash));
        hex(&signature, vectors[i].signature);
        assert_int_equal(crypto_ecdsa_verify(&key, hashed, signature.s), vectors[i].valid);
        assert_true(crypto_ec_prepare(&key));
        assert_int_equal(crypto_ecdsa_verify(&key, hashed, signature.s), vectors[i].valid);
        crypto_ec_release(&key);
    }
}

// number + difference, big-endian.
static void offset_number(const uint8_t *number, size_t n, int difference, uint8_t *out)
{
    memcpy(out, number, n);
    int carry = difference;
    for (size_t i = n; i > 0 && carry != 0; i--) {
        const int digit = out[i - 1] + carry;
        out[i - 1] = (uint8_t)digit;
        carry = digit < 0 ? -1 : digit >> 8;
    }
}

// All pairs of r and s of 0, 1, the order and p and their neighbours; no key signs anything with them.
static void test_special_values_of_r_and_s_are_no_signature(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    const uint8_t digest[] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea};
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_curve_parameters parameters;
        struct crypto_ec_key key;
        enum { VALUES = 8 };
        uint8_t values[VALUES][CRYPTO_FIELD_MAX] = {{0}};
        uint8_t signature[CRYPTO_SIGNATURE_MAX];
        assert_true(crypto_curve_parameters(curve, &parameters));
        assert_true(crypto_ec_generate(&key, curve, &random));
        assert_true(crypto_ec_prepare(&key));
        values[1][n - 1] = 1;
        for (int i = 0; i < 3; i++) {
            offset_number(parameters.order, n, i - 1, values[2 + i]);
            offset_number(parameters.p, n, i - 1, values[5 + i]);
        }
        for (size_t r = 0; r < VALUES; r++) {
            for (size_t s = 0; s < VALUES; s++) {
                memcpy(signature, values[r], n);
                memcpy(signature + n, values[s], n);
                assert_false(
                    crypto_ecdsa_verify(&key, span_of(digest, sizeof digest), span_of(signature, 2 * n)));
            }
        }
        crypto_ec_release(&key);
    }
}

static void test_a_key_is_prepared_once_and_no_key_never(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key key = {0};
    const uint8_t digest[32] = {1}, other[32] = {2};
    uint8_t signature[64];
    assert_false(crypto_ec_prepare(&key));
    assert_true(crypto_ec_generate(&key, CRYPTO_P256, &random));
    assert_true(crypto_ec_prepare(&key));
    assert_true(crypto_ec_prepare(&key));
    assert_true(crypto_ecdsa_sign(&key, &random, span_of(digest, 32), signature));
    assert_true(crypto_ecdsa_verify(&key, span_of(digest, 32), span_of(signature, 64)));
    assert_false(crypto_ecdsa_verify(&key, span_of(other, 32), span_of(signature, 64)));
    crypto_ec_release(&key);
    assert_false(crypto_ec_prepare(&key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts_are_those_of_wycheproof),
        cmocka_unit_test(test_special_values_of_r_and_s_are_no_signature),
        cmocka_unit_test(test_a_key_is_prepared_once_and_no_key_never),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
