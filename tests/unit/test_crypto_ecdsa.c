// ECDSA with the values of NIST CAVP and RFC 6979, and signatures of our own.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

struct vector {
    enum crypto_curve curve;
    enum crypto_hash hash;
    const char *point;
    const char *message;
    const char *signature;
    bool valid;
};

// NIST CAVP, FIPS 186-3 SigVer (CAVS 11.0).
static const struct vector cavp[] = {
    {CRYPTO_P256, CRYPTO_SHA256,
     "0487f8f2b218f49845f6f10eec3877136269f5c1a54736dbdf69f89940cad41555e15f369036f49842fac7a86c8a2b05"
     "57609776814448b8f5e84aa9f4395205e9",
     "e4796db5f785f207aa30d311693b3702821dff1168fd2e04c0836825aefd850d9aa60326d88cde1a23c7745351392ca2"
     "288d632c264f197d05cd424a30336c19fd09bb229654f0222fcb881a4b35c290a093ac159ce13409111ff0358411133c"
     "24f5b8e2090d6db6558afc36f06ca1f6ef779785adba68db27a409859fc4c4a0",
     "d19ff48b324915576416097d2544f7cbdf8768b1454ad20e0baac50e211f23b0a3e81e59311cdfff2d4784949f7a2cb5"
     "0ba6c3a91fa54710568e61aca3e847c6",
     false}, // S changed
    {CRYPTO_P256, CRYPTO_SHA256,
     "045cf02a00d205bdfee2016f7421807fc38ae69e6b7ccd064ee689fc1a94a9f7d2ec530ce3cc5c9d1af463f264d685af"
     "e2b4db4b5828d7e61b748930f3ce622a85",
     "069a6e6b93dfee6df6ef6997cd80dd2182c36653cef10c655d524585655462d683877f95ecc6d6c81623d8fac4e900ed"
     "0019964094e7de91f1481989ae1873004565789cbf5dc56c62aedc63f62f3b894c9c6f7788c8ecaadc9bd0e81ad91b2b"
     "3569ea12260e93924fdddd3972af5273198f5efda0746219475017557616170e",
     "dc23d130c6117fb5751201455e99f36f59aba1a6a21cf2d0e7481a97451d6693d6ce7708c18dbf35d4f8aa7240922dc6"
     "823f2e7058cbc1484fcad1599db5018c",
     false}, // R changed
    {CRYPTO_P256, CRYPTO_SHA256,
     "042ddfd145767883ffbb0ac003ab4a44346d08fa2570b3120dcce94562422244cb5f70c7d11ac2b7a435ccfbbae02c3d"
     "f1ea6b532cc0e9db74f93fffca7c6f9a64",
     "df04a346cf4d0e331a6db78cca2d456d31b0a000aa51441defdb97bbeb20b94d8d746429a393ba88840d661615e07def"
     "615a342abedfa4ce912e562af714959896858af817317a840dcff85a057bb91a3c2bf90105500362754a6dd321cdd861"
     "28cfc5f04667b57aa78c112411e42da304f1012d48cd6a7052d7de44ebcc01de",
     "9913111cff6f20c5bf453a99cd2c2019a4e749a49724a08774d14e4c113edda89467cd4cd21ecb56b0cab0a9a453b433"
     "86845459127a952421f5c6382866c5cc",
     false}, // Q changed
    {CRYPTO_P256, CRYPTO_SHA256,
     "04e424dc61d4bb3cb7ef4344a7f8957a0c5134e16f7a67c074f82e6e12f49abf3c970eed7aa2bc48651545949de1ddda"
     "f0127e5965ac85d1243d6f60e7dfaee927",
     "e1130af6a38ccb412a9c8d13e15dbfc9e69a16385af3c3f1e5da954fd5e7c45fd75e2b8c36699228e92840c0562fbf37"
     "72f07e17f1add56588dd45f7450e1217ad239922dd9c32695dc71ff2424ca0dec1321aa47064a044b7fe3c2b97d03ce4"
     "70a592304c5ef21eed9f93da56bb232d1eeb0035f9bf0dfafdcc4606272b20a3",
     "bf96b99aa49c705c910be33142017c642ff540c76349b9dab72f981fd9347f4f17c55095819089c2e03b9cd415abdf12"
     "444e323075d98f31920b9e0f57ec871c",
     true},
    {CRYPTO_P256, CRYPTO_SHA256,
     "0469b7667056e1e11d6caf6e45643f8b21e7a4bebda463c7fdbc13bc98efbd0214d3f9b12eb46c7c6fda0da3fc85bc1f"
     "d831557f9abc902a3be3cb3e8be7d1aa2f",
     "1669bfb657fdc62c3ddd63269787fc1c969f1850fb04c933dda063ef74a56ce13e3a649700820f0061efabf849a85d47"
     "4326c8a541d99830eea8131eaea584f22d88c353965dabcdc4bf6b55949fd529507dfb803ab6b480cd73ca0ba00ca19c"
     "438849e2cea262a1c57d8f81cd257fb58e19dec7904da97d8386e87b84948169",
     "288f7a1cd391842cce21f00e6f15471c04dc182fe4b14d92dc18910879799790247b3c4e89a3bcadfea73c7bfd361def"
     "43715fa382b8c3edf4ae15d6e55e9979",
     false}, // Message changed
    {CRYPTO_P256, CRYPTO_SHA512,
     "049cb0cf69303dafc761d4e4687b4ecf039e6d34ab964af80810d8d558a4a8d6f72d51233a1788920a86ee08a1962c79"
     "efa317fb7879e297dad2146db995fa1c78",
     "6e2932153301a4eef680e6428929adae988c108d668a31ff55d0489947d75ff81a46bf89e84d6401f023be6e87688fbc"
     "d784d785ca846735524acb52d00452c84040a479e7cc330936441d93bbe722a9432a6e1db112b5c9403b10272cb1347f"
     "d619d463f7a9d223ad76fde06d8a6883500fb843235abff98e241bdfb5538c3e",
     "4b9f91e4285287261a1d1c923cf619cd52c175cfe7f1be60a5258c610348ba3d28c45f901d71c41b298638ec0d6a85d7"
     "fcb0c33bbfec5a9c810846b639289a84",
     true},
    {CRYPTO_P384, CRYPTO_SHA384,
     "041f94eb6f439a3806f8054dd79124847d138d14d4f52bac93b042f2ee3cdb7dc9e09925c2a5fee70d4ce08c61e3b191"
     "601c4fd111f6e33303069421deb31e873126be35eeb436fe2034856a3ed1e897f26c846ee3233cd16240989a7990c19d"
     "8c",
     "4132833a525aecc8a1a6dea9f4075f44feefce810c4668423b38580417f7bdca5b21061a45eaa3cbe2a7035ed189523a"
     "f8002d65c2899e65735e4d93a16503c145059f365c32b3acc6270e29a09131299181c98b3c76769a18faf21f6b4a8f27"
     "1e6bf908e238afe8002e27c63417bda758f846e1e3b8e62d7f05ebd98f1f9154",
     "3c15c3cedf2a6fbff2f906e661f5932f2542f0ce68e2a8182e5ed3858f33bd3c5666f17ac39e52cb004b80a0d4ba73cd"
     "9de879083cbb0a97973c94f1963d84f581e4c6541b7d000f9850deb25154b23a37dd72267bdd72665cc7027f88164fab",
     false}, // R changed
    {CRYPTO_P384, CRYPTO_SHA384,
     "04cb908b1fd516a57b8ee1e14383579b33cb154fece20c5035e2b3765195d1951d75bd78fb23e00fef37d7d064fd9af1"
     "44cd99c46b5857401ddcff2cf7cf822121faf1cbad9a011bed8c551f6f59b2c360f79bfbe32adbcaa09583bdfdf7c374"
     "bb",
     "9dd789ea25c04745d57a381f22de01fb0abd3c72dbdefd44e43213c189583eef85ba662044da3de2dd8670e632515448"
     "0155bbeebb702c75781ac32e13941860cb576fe37a05b757da5b5b418f6dd7c30b042e40f4395a342ae4dce05634c336"
     "25e2bc524345481f7e253d9551266823771b251705b4a85166022a37ac28f1bd",
     "33f64fb65cd6a8918523f23aea0bbcf56bba1daca7aff817c8791dc92428d605ac629de2e847d43cee55ba9e4a0e83ba"
     "4428bb478a43ac73ecd6de51ddf7c28ff3c2441625a081714337dd44fea8011bae71959a10947b6ea33f77e128d3c6ae",
     true},
    {CRYPTO_P384, CRYPTO_SHA384,
     "049b3c48d924194146eca4172b6d7d618423682686f43e1dbc54ed909053d075ca53b68ae12f0f16a1633d5d9cb17011"
     "ec695039f837b68e59330ee95d11d5315a8fb5602a7b60c15142dbba6e93b5e4aba8ae4469eac39fa6436323eccc60dc"
     "b6",
     "9c4479977ed377e75f5cc047edfa689ef232799513a2e70280e9b124b6c8d166e107f5494b406853aec4cff0f2ca00c6"
     "f89f0f4a2d4ab0267f44512dfff110d1b1b2e5e78832022c14ac06a493ab789e696f7f0f060877029c27157ce40f8125"
     "8729caa4d9778bae489d3ab0259f673308ae1ec1b1948ad2845f863b36aedffb",
     "202da4e4e9632bcb6bf0f6dafb7e348528d0b469d77e46b9f939e2fa946a608dd1f166bcbcde96cfad551701da69f6c2"
     "db595b49983882c48df8a396884cd98893a469c4d590e56c6a59b6150d9a0acdf142cf92151052644702ed857a5b7981",
     false}, // S changed
    {CRYPTO_P384, CRYPTO_SHA384,
     "045140108b93b52d9ad572d6129ed6564766f8df3755e49fa53eba41a5a0d6c1d24a483c90070583a66e3cfa52b6fb1f"
     "31ff52498446a40c61e60c97554256472625633eda0c1a8b4061481fecfbe9c4503e99dfc69e86c9e85c8cc53dca6b8d"
     "c4",
     "21eb31f2b34e4dde8d6c701e976d3fbbf4de6a3384329118d4ddb49adb2bb44465598abf6df25858b450c7767e282cca"
     "ca494088274e37353674eef58f583937d3d184ef727317d3672397a74c8fe327919a3df8fd65af0bc8cebbc40095adf8"
     "9f1bf2c5e6dc6ba44633fd8433b25f065f5e3eb4840af23cc534415406745a31",
     "b2726b2ba9da02de35e9953fc283d1e78700860d4c33dce8db04dd41499d904866c1b8debb377f6c0dfcb0704252174f"
     "0775b027068d7ad55121a278a819f52099ace750d5e996eaec9dee7be72758736cf769650148fbd5c411beb9b88f979e",
     false}, // Q changed
    {CRYPTO_P384, CRYPTO_SHA384,
     "042039661db813d494a9ecb2c4e0cdd7b54068aae8a5d0597009f67f4f36f32c8ee939abe03716e94970bba69f595fea"
     "d6e2d5236e7e357744514e66a3fb111073336de929598eb79fb4368c5bf80814e7584a3b94118faac9321df37452a846"
     "fc",
     "6462bc8c0181db7d596a35aa25d5d323dd3b2798054c2af6c22e841b1ccf3dc3ee514f86d4a0cef7a6f7f566ae448b24"
     "dcc8d11eb7a585d44923ea1a06c774a2b3eb7409ab17a0065d5834ab00309ad44312a7317259219543e80ddb0cc2a438"
     "1bf6e53cd1bb357eba82e11c59f82e446c4b79314119182c0de96a1b5bae0b08",
     "164b8ac2b34c4c499b9d6727e130b5ef37c296bd22c306d1396c6aa54ca661f729aa6353b55d7cf1793b80b5a485115f"
     "4e7187f8f735b7272f2c0985315b5602bb9b1a09f32233aa10570c82d1ccedef6e725800336511e47f88ddbbbdc08f54",
     false}, // Message changed
    {CRYPTO_P521, CRYPTO_SHA256,
     "0400397714abcc503eaa0c18abd1fd26586d28ec1b1035d37ac710f2823911ec9afa429b41ea89cec13d5bcae9d6d714"
     "7794407e409f3b267cf4dd27e8c77e7ccf4d3600a3a4b749d19b84708e42b59e9faa5a99ac0f0a01121655fab87785fc"
     "a38c8cd4277c8c2c9a0024ff608c3cce954596315dfe0e3b133aeab08bb5389eb2a4f1fb42",
     "961c9451bbb298e17f503680099244d969a0ff3d0ce6cf15b5bcc73d6edc3e8c8535a18531d885664612cad97da174f1"
     "daee6aad95220f6e2fd8c734c57747e46db21e169a03dd673df07aff30848e8370c0960d732e74f9b1d8b53847b69d2c"
     "ad80f346b50e89d7993cb758fc218668c771422f804d3c9162da98cb30821912",
     "019da96a866db12948e0aec7231f797061f345739d439bdaaba63e4d03e0bb52c3fea2fb593347d983f24a3afa6a77f4"
     "76e6bb49a5de843b4c4755cddce97b8b909e001bb442f428b2ca445a75ad88ed49d965d6659d748d02cebf78faa1ecc1"
     "87b606f284d11d47791d585dc371c2d91848a55ca7b092f06d561efcf64e0de0814e1db4",
     true},
    {CRYPTO_P521, CRYPTO_SHA512,
     "04012a593f568ca2571e543e00066ecd3a3272a57e1c94fe311e5df96afc1b792e5862720fc730e62052bbf3e118d3a0"
     "78f0144fc00c9d8baaaa8298ff63981d09d911017cea5ae75a74100ee03cdf2468393eef55ddabfe8fd5718e88903eb9"
     "fd241e8cbf9c68ae16f4a1db26c6352afcb1894a9812da6d32cb862021c86cd8aa483afc26",
     "a0732a605c785a2cc9a3ff84cbaf29175040f7a0cc35f4ea8eeff267c1f92f06f46d3b35437195185d322cbd775fd247"
     "41e86ee9236ba5b374a2ac29803554d715fa4656ac31778f103f88d68434dd2013d4c4e9848a11198b390c3d600d7128"
     "93513e179cd3d31fb06c6e2a1016fb96ffd970b1489e36a556ab3b537eb29dff",
     "01aac7692baf3aa94a97907307010895efc1337cdd686f9ef2fd8404796a74701e55b03ceef41f3e6f50a0eeea11869c"
     "4789a3e8ab5b77324961d081e1a3377ccc910009c1e7d93d056b5a97759458d58c49134a45071854b8a6b8272f9fe7e7"
     "8e1f3d8097e8a6e731f7ab4851eb26d5aa4fdadba6296dc7af835fe3d1b6dba4b031d5f3",
     false}, // R changed
    {CRYPTO_P521, CRYPTO_SHA512,
     "0401d6aef44370325a8a5882f4667c21172cdc8fa41d712562883ececff53883ac8ee276124e825088c79d6c9d96323c"
     "b7b8c0b7ea44d3f0026e2538f4b62d785bb1af0027203959a6e944b91fe6306debe74dc5dde9831fd0ec27e8be2d0b56"
     "807d63151b15f6495b8632e919e1e6b015f5ae5f2b6fb8cf75b5f848f00cf4ee457cebed3a",
     "2fc1140a7414e33ab469799f9432b30d29d1e4451b28a756a0f24a7f7f90cb284fb443c074267a7600b370eefffea230"
     "78b4016b59cbeb95fab3c6f37a72e92271b29ee2382e1106f8dfd3871ef9bf045f78d378acc8d16c983d54c7bc0b0cb4"
     "6bba0de78630f6d0796c2c275e46ebc88e6e6c0e675ebd849f02e47f51abd215",
     "004417ff74889dde6bb1820b5d13da5c81dcf9b0723ee89bb1ff0d3faa90d497685709f315b2cbe55481dee43ebb6d25"
     "b1501ae69494dd69e7bffb72f987d1573b9300fd7aa027c665458c7ac11d54d4f32cb4a1e727b499ce27b08d3d647c63"
     "6cc3222a4f0a6057732249ddc22574d7cb80c3769c3ea9de3d33db3edd8ea90cb3f8dc8a",
     false}, // S changed
    {CRYPTO_P521, CRYPTO_SHA512,
     "040153eb2be05438e5c1effb41b413efc2843b927cbf19f0bc9cc14b693eee26394a0d8880dc946a06656bcd09871544"
     "a5f15c7a1fa68e00cdc728c7cfb9c4480348670143ae8eecbce8fcf6b16e6159b2970a9ceb32c17c1d878c09317311b7"
     "519ed5ece3374e7929f338ddd0ec0522d81f2fa4fa47033ef0c0872dc049bb89233eef9bc1",
     "f69417bead3b1e208c4c99236bf84474a00de7f0b9dd23f991b6b60ef0fb3c62073a5a7abb1ef69dbbd8cf61e64200ca"
     "086dfd645b641e8d02397782da92d3542fbddf6349ac0b48b1b1d69fe462d1bb492f34dd40d137163843ac11bd099df7"
     "19212c160cbebcb2ab6f3525e64846c887e1b52b52eced9447a3d31938593a87",
     "00dd633947446d0d51a96a0173c01125858abb2bece670af922a92dedcec067136c1fa92e5fa73d7116ac9c1a42b9cb6"
     "42e4ac19310b049e48c53011ffc6e7461c3600efbdc6a414bb8d663bb5cdb7c586bccfe7589049076f98cee82cdb5d20"
     "3fddb2e0ffb77954959dfa5ed0de850e42a86f5a63c5a6592e9b9b8bd1b40557b9cd0cc0",
     true},
    {CRYPTO_P521, CRYPTO_SHA512,
     "0401184b27a48e223891cbd1f4a0255747d078f82768157e5adcc8e78355a2ff17d8363dfa39bcdb48e2fae759ea3bd6"
     "a8909ce1b2e7c20653915b7cd7b94d8f110349003bd6e273ee4278743f1bb71ff7aefe1f2c52954d674c96f268f3985e"
     "69727f22adbe31e0dbe01da91e3e6d19baf8efa4dcb4d1cacd06a8efe1b617bd681839e6b9",
     "3607eaa1db2f696b93d573f67f0359422101cc6ceb526a5ec87b249e5b791ac4df488f4832eb00c6ec94bb52b7dd9d95"
     "3a9c3ced3fb7171d28c42f81fd9998cd7d35c7030975381e54e071a37eb41d3e419fe93576d141e36a980089db54ebbf"
     "3a3ebf8a076daf8e57ce4484d7f7d234e1f6d658da5103a6e1d6ae9641ecac79",
     "004c1d88d03878f967133eb56714945d3c89c3200fad08bd2d3b930190246bf8d43e453643c94fdab9c646c5a11271c8"
     "00d5df25c11927c000263e785251d62acd59012e31766af5c605a1a67834702052e7e56bbd9e2381163a9bf16b579912"
     "a98bebabb70587da58bec621c1e779a8a21c193dda0785018fd58034f9a6ac3e297e3790",
     false}, // Message changed
    {CRYPTO_P521, CRYPTO_SHA512,
     "040007067d2cf7b7619b9fcff2c898246ae0950439b8bab92d809624970eda18456cb99953ce1ae45ee5d36ef02fcd5c"
     "aa4d951de8581f0c21e572caad56d6dce60da301913c59007a309005f226b6a30122828d60b4d0390359e1977f88b534"
     "7dacf2056dd362648e8b1d6fc038a3bd3fde6f1140c740efa9075ab8b4a64b334c5cd43f09",
     "3629ce6137cffaf0a485594cd47049e7866fa81bb56dd66168567542c6b8fdf7dbafe693c919a7288a03f2483b09c9cd"
     "2b3f91670264672967e4542d5bb6c87e861115ff3ec2ec2e96535148623e80525abae8d71f296a4e8947b48bb64074eb"
     "b7e0c7a586f57b35da910704f44b41151ac6db350c47e81805fc6932f435a98a",
     "012aa4a532c108aa3cfb1753f95ca626bb72bd96a423d727656d4ebdc3f406d6cc6c44d3718f9abae8a0b46be9b57f8f"
     "d3a540326b63d0d4a8a93165715920437787001badaf38e16efd75915f4806f054d40abd2d11e402039bd48c832f66cb"
     "fd145e4dac93357d476b7e608d7b75a017374ae76eee86c505f2cc16eaa19075827ccd60",
     false}, // Q changed
};

static void test_verdicts_are_those_of_cavp(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cavp / sizeof cavp[0]; i++) {
        struct bytes point;
        struct bytes message;
        struct bytes signature;
        struct crypto_ec_key key;
        uint8_t digest[CRYPTO_HASH_MAX];
        hex(&message, cavp[i].message);
        assert_true(crypto_hash_parts(cavp[i].hash, &message.s, 1, digest));
        assert_true(crypto_ec_load_public(&key, cavp[i].curve, hex(&point, cavp[i].point)));
        assert_int_equal(crypto_ecdsa_verify(&key, span_of(digest, crypto_hash_length(cavp[i].hash)),
                                             hex(&signature, cavp[i].signature)),
                         cavp[i].valid);
        crypto_ec_release(&key);
    }
}

// RFC 6979 App. A.2.5 to A.2.7, message "sample"; the second has a digest longer than the order.
static const struct {
    enum crypto_curve curve;
    enum crypto_hash hash;
    const char *secret;
    const char *signature;
} rfc_6979[] = {
    {CRYPTO_P256, CRYPTO_SHA256, "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
     "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
     "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"},
    {CRYPTO_P256, CRYPTO_SHA512, "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
     "8496A60B5E9B47C825488827E0495B0E3FA109EC4568FD3F8D1097678EB97F00"
     "2362AB1ADBE2B8ADF9CB9EDAB740EA6049C028114F2460F96554F61FAE3302FE"},
    {CRYPTO_P384, CRYPTO_SHA384,
     "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
     "96D5724E4C70A825F872C9EA60D2EDF5",
     "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46"
     "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8"},
    {CRYPTO_P521, CRYPTO_SHA512,
     "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CA"
     "A896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
     "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F17"
     "4E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA"
     "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF28"
     "2623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A"},
};

static void test_signatures_of_rfc_6979_verify(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    const struct span message = span_of("sample", 6);
    for (size_t i = 0; i < sizeof rfc_6979 / sizeof rfc_6979[0]; i++) {
        struct bytes secret;
        struct bytes signature;
        struct crypto_ec_key key;
        uint8_t digest[CRYPTO_HASH_MAX];
        const struct span hashed = span_of(digest, crypto_hash_length(rfc_6979[i].hash));
        assert_true(crypto_hash_parts(rfc_6979[i].hash, &message, 1, digest));
        assert_true(
            crypto_ec_load_secret(&key, rfc_6979[i].curve, hex(&secret, rfc_6979[i].secret), &random));
        hex(&signature, rfc_6979[i].signature);
        assert_true(crypto_ecdsa_verify(&key, hashed, signature.s));
        signature.b[0] ^= 1;
        assert_false(crypto_ecdsa_verify(&key, hashed, signature.s));
        signature.b[0] ^= 1;
        digest[0] ^= 1;
        assert_false(crypto_ecdsa_verify(&key, hashed, signature.s));
        crypto_ec_release(&key);
    }
}

// A digest longer than the order is cut to its leftmost bits (FIPS 186-4 §6.4).
static void test_digest_is_cut_to_the_order(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key key;
    uint8_t digest[CRYPTO_HASH_MAX];
    uint8_t signature[CRYPTO_SIGNATURE_MAX];
    for (size_t i = 0; i < sizeof digest; i++) {
        digest[i] = (uint8_t)(i + 1);
    }
    assert_true(crypto_ec_generate(&key, CRYPTO_BRAINPOOL_P256R1, &random));
    assert_true(crypto_ecdsa_sign(&key, &random, span_of(digest, 64), signature));
    assert_true(crypto_ecdsa_verify(&key, span_of(digest, 32), span_of(signature, 64)));
    assert_true(crypto_ecdsa_verify(&key, span_of(digest, 48), span_of(signature, 64)));
    assert_false(crypto_ecdsa_verify(&key, span_of(digest, 31), span_of(signature, 64)));
    crypto_ec_release(&key);
}

static void test_own_signatures_verify_on_every_curve(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    const uint8_t digest[CRYPTO_HASH_MAX] = {1, 2, 3};
    const size_t lengths[] = {1, 20, 28, 32, 48, 64};
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = 2 * crypto_curve_length(curve);
        struct crypto_ec_key pair;
        struct crypto_ec_key public;
        uint8_t point[CRYPTO_POINT_MAX];
        uint8_t signature[CRYPTO_SIGNATURE_MAX];
        uint8_t another[CRYPTO_SIGNATURE_MAX];
        assert_true(crypto_ec_generate(&pair, curve, &random));
        assert_true(crypto_ec_public(&pair, point));
        assert_true(crypto_ec_load_public(&public, curve, span_of(point, crypto_curve_point_length(curve))));
        for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            const struct span hashed = span_of(digest, lengths[i]);
            assert_true(crypto_ecdsa_sign(&pair, &random, hashed, signature));
            assert_true(crypto_ecdsa_verify(&pair, hashed, span_of(signature, n)));
            assert_true(crypto_ecdsa_verify(&public, hashed, span_of(signature, n)));
            assert_true(crypto_ecdsa_sign(&pair, &random, hashed, another)); // under another nonce
            assert_memory_not_equal(signature, another, n / 2);
        }
        crypto_ec_release(&public);
        crypto_ec_release(&pair);
    }
}

static void test_digests_and_signatures_of_wrong_length_are_refused(void **state)
{
    (void)state;
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key key;
    const uint8_t digest[CRYPTO_HASH_MAX + 1] = {1, 2, 3};
    uint8_t signature[CRYPTO_SIGNATURE_MAX] = {0};
    assert_true(crypto_ec_generate(&key, CRYPTO_P256, &random));
    assert_true(crypto_ecdsa_sign(&key, &random, span_of(digest, 32), signature));
    for (size_t n = 0; n <= 80; n++) {
        assert_int_equal(crypto_ecdsa_verify(&key, span_of(digest, 32), span_of(signature, n)), n == 64);
    }
    assert_false(crypto_ecdsa_verify(&key, span_of(digest, 0), span_of(signature, 64)));
    assert_false(crypto_ecdsa_verify(&key, span_of(digest, sizeof digest), span_of(signature, 64)));
    assert_false(crypto_ecdsa_sign(&key, &random, span_of(digest, sizeof digest), signature));
    assert_wiped(signature, 64);
    memset(signature, 0xff, sizeof signature);
    assert_false(crypto_ecdsa_sign(&key, &random, span_of(digest, 0), signature));
    assert_wiped(signature, 64);
    crypto_ec_release(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts_are_those_of_cavp),
        cmocka_unit_test(test_signatures_of_rfc_6979_verify),
        cmocka_unit_test(test_digest_is_cut_to_the_order),
        cmocka_unit_test(test_own_signatures_verify_on_every_curve),
        cmocka_unit_test(test_digests_and_signatures_of_wrong_length_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
