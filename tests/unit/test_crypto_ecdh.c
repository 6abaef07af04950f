// ECDH with the values of RFC 5903, RFC 7027 and Wycheproof, and points that are none.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

struct ecdh_vector {
    enum crypto_curve curve;
    const char *secret;
    const char *point;
    const char *shared;
};

static void assert_shared_secrets(const struct ecdh_vector *vectors, size_t count)
{
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    for (size_t i = 0; i < count; i++) {
        const size_t n = crypto_curve_length(vectors[i].curve);
        struct crypto_ec_key key;
        struct bytes secret;
        struct bytes point;
        uint8_t out[CRYPTO_POINT_MAX];
        hex(&secret, vectors[i].secret);
        hex(&point, vectors[i].point);
        assert_true(crypto_ec_load_secret(&key, vectors[i].curve, secret.s, &random));
        assert_true(crypto_ecdh(&key, &random, point.s, out));
        assert_span_hex(span_of(out, n), vectors[i].shared);
        assert_true(crypto_ec_multiply(vectors[i].curve, &random, secret.s, point.s, out));
        assert_span_hex(span_of(out + 1, n), vectors[i].shared);
        crypto_ec_release(&key);
    }
}

static void test_ecdh_is_that_of_rfc_5903(void **state)
{
    (void)state;
    static const struct ecdh_vector vectors[] = {
        {CRYPTO_P256, "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433",
         "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d"
         "6aac23f046ada30f8353e74f33039872ab",
         "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de"},
        {CRYPTO_P384,
         "099f3c7034d4a2c699884d73a375a67f7624ef7c6b3c0f160647b67414dce655e35b538041e649ee3faef896783ab194",
         "04e558dbef53eecde3d3fccfc1aea08a89a987475d12fd950d83cfa41732bc509d0d1ac43a0336def96fda41d0774a35"
         "71dcfbec7aacf3196472169e838430367f66eebe3c6e70c416dd5f0c68759dd1fff83fa40142209dff5eaad96db9e638"
         "6c",
         "11187331c279962d93d604243fd592cb9d0a926f422e47187521287e7156c5c4d603135569b9e9d09cf5d4a270f59746"},
        {CRYPTO_P521,
         "0037ade9319a89f4dabdb3ef411aaccca5123c61acab57b5393dce47608172a095aa85a30fe1c2952c6771d937ba9777"
         "f5957b2639bab072462f68c27a57382d4a52",
         "0400d0b3975ac4b799f5bea16d5e13e9af971d5e9b984c9f39728b5e5739735a219b97c356436adc6e95bb0352f6be64"
         "a6c2912d4ef2d0433ced2b6171640012d9460f015c68226383956e3bd066e797b623c27ce0eac2f551a10c2c724d9852"
         "077b87220b6536c5c408a1d2aebb8e86d678ae49cb57091f4732296579ab44fcd17f0fc56a",
         "01144c7d79ae6956bc8edb8e7c787c4521cb086fa64407f97894e5e6b2d79b04d1427e73ca4baa240a34786859810c06"
         "b3c715a3a8cc3151f2bee417996d19f3ddea"},
    };
    assert_shared_secrets(vectors, sizeof vectors / sizeof vectors[0]);
}

static void test_ecdh_is_that_of_rfc_7027(void **state)
{
    (void)state;
    static const struct ecdh_vector vectors[] = {
        {CRYPTO_BRAINPOOL_P256R1, "81db1ee100150ff2ea338d708271be38300cb54241d79950f77b063039804f1d",
         "048d2d688c6cf93e1160ad04cc4429117dc2c41825e1e9fca0addd34e6f1b39f7b990c57520812be512641e470348321"
         "06bc7d3e8dd0e4c7f1136d7006547cec6a",
         "89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b"},
        {CRYPTO_BRAINPOOL_P256R1, "55e40bc41e37e3e2ad25c3c6654511ffa8474a91a0032087593852d3e7d76bd3",
         "0444106e913f92bc02a1705d9953a8414db95e1aaa49e81d9e85f929a8e3100be58ab4846f11caccb73ce49cbdd120f5"
         "a900a69fd32c272223f789ef10eb089bdc",
         "89afc39d41d3b327814b80940b042590f96556ec91e6ae7939bce31f3a18bf2b"},
        {CRYPTO_BRAINPOOL_P384R1,
         "1e20f5e048a5886f1f157c74e91bde2b98c8b52d58e5003d57053fc4b0bd65d6f15eb5d1ee1610df870795143627d042",
         "044d44326f269a597a5b58bba565da5556ed7fd9a8a9eb76c25f46db69d19dc8ce6ad18e404b15738b2086df37e71d1e"
         "b462d692136de56cbe93bf5fa3188ef58bc8a3a0ec6c1e151a21038a42e9185329b5b275903d192f8d4e1f32fe9cc78c"
         "48",
         "0bd9d3a7ea0b3d519d09d8e48d0785fb744a6b355e6304bc51c229fbbce239bbadf6403715c35d4fb2a5444f575d4f42"},
        {CRYPTO_BRAINPOOL_P384R1,
         "032640bc6003c59260f7250c3db58ce647f98e1260acce4acda3dd869f74e01f8ba5e0324309db6a9831497abac96670",
         "0468b665dd91c195800650cdd363c625f4e742e8134667b767b1b476793588f885ab698c852d4a6e77a252d6380fcaf0"
         "6855bc91a39c9ec01dee36017b7d673a931236d2f1f5c83942d049e3fa20607493e0d038ff2fd30c2ab67d15c85f7faa"
         "59",
         "0bd9d3a7ea0b3d519d09d8e48d0785fb744a6b355e6304bc51c229fbbce239bbadf6403715c35d4fb2a5444f575d4f42"},
        {CRYPTO_BRAINPOOL_P512R1,
         "16302ff0dbbb5a8d733dab7141c1b45acbc8715939677f6a56850a38bd87bd59b09e80279609ff333eb9d4c061231fb2"
         "6f92eeb04982a5f1d1764cad57665422",
         "049d45f66de5d67e2e6db6e93a59ce0bb48106097ff78a081de781cdb31fce8ccbaaea8dd4320c4119f1e9cd437a2eab"
         "3731fa9668ab268d871deda55a5473199f2fdc313095bcdd5fb3a91636f07a959c8e86b5636a1e930e8396049cb48196"
         "1d365cc11453a06c719835475b12cb52fc3c383bce35e27ef194512b71876285fa",
         "a7927098655f1f9976fa50a9d566865dc530331846381c87256baf3226244b76d36403c024d7bbf0aa0803eaff405d3d"
         "24f11a9b5c0bef679fe1454b21c4cd1f"},
        {CRYPTO_BRAINPOOL_P512R1,
         "230e18e1bcc88a362fa54e4ea3902009292f7f8033624fd471b5d8ace49d12cfabbc19963dab8e2f1eba00bffb29e4d7"
         "2d13f2224562f405cb80503666b25429",
         "040a420517e406aac0acdce90fcd71487718d3b953efd7fbec5f7f27e28c6149999397e91e029e06457db2d3e640668b"
         "392c2a7e737a7f0bf04436d11640fd09fd72e6882e8db28aad36237cd25d580db23783961c8dc52dfa2ec138ad472a0f"
         "cef3887cf62b623b2a87de5c588301ea3e5fc269b373b60724f5e82a6ad147fde7",
         "a7927098655f1f9976fa50a9d566865dc530331846381c87256baf3226244b76d36403c024d7bbf0aa0803eaff405d3d"
         "24f11a9b5c0bef679fe1454b21c4cd1f"},
    };
    assert_shared_secrets(vectors, sizeof vectors / sizeof vectors[0]);
}

// Wycheproof: shared secrets and ephemeral keys with special coordinates, points that make an addition a
// doubling.
static void test_ecdh_is_that_of_wycheproof_edge_cases(void **state)
{
    (void)state;
    static const struct ecdh_vector vectors[] = {
        {CRYPTO_P256, "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
         "0458fd4168a87795603e2b04390285bdca6e57de6027fe211dd9d25e2212d29e62080d36bd224d7405509295eed02a17"
         "150e03b314f96da37445b0d1d29377d12c",
         "0000000000000000000000000000000000000000000000000000000000000000"},
        {CRYPTO_P256, "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
         "04f475f503a770df72c45aedfe42c008f59aa57e72b232f26600bdd0353957cb20bdb8f6405b4918050a3549f44c07a8"
         "eba820cdce4ece699888c638df66f54f7c",
         "5f177bfe19baaaee597e68b6a87a519e805e9d28a70cb72fd40f0fe5a754ba45"},
        {CRYPTO_P256, "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
         "04f3cb6754b7e2a86d064dfb9f903185aaa4c92b481c2c1a1ff276303bbc4183e49c318599b0984c3563df339311fe14"
         "3a7d921ee75b755a52c6f804f897b809f7",
         "7fff0001fffc0007fff0001fffc0007fff0001fffc0007fff0001fffc0007fff"},
        {CRYPTO_P256, "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
         "04a386ace573f87558a68ead2a20088e3fe928bdae9e109446f93a078c15741f0421261e6db2bf12106e4c6bf85b9581"
         "b4c0302a526222f90abc5a549206b11011",
         "ff00000001fffffffc00000007fffffff00000001fffffffc00000007fffffff"},
        {CRYPTO_P256, "0a0d622a47e48f6bc1038ace438c6f528aa00ad2bd1da5f13ee46bf5f633d71a",
         "042766dc8e289fd27625d4765eb014aa54a44a7d5724050b9446e363071c260913aff9f1dc5e71b666501b24d70805cb"
         "8e1a01ee90ca84cb0c6f7ea453df85f520",
         "249249246db6db6ddb6db6db6db6db6db6db6db7000000000000000000000000"},
        {CRYPTO_P256, "55d55f11bb8da1ea318bca7266f0376662441ea87270aa2077f1b770c4854a48",
         "047fffffffffffffffffffffffeecf2230ffffffffffffffffffffffffffffffff00000001c7c30643abed0af0a49fe3"
         "52cb483ff9b97dccdf427c658e8793240d",
         "6fd26661851a8de3c6d06f834ef3acb8f2a5f9c136a985ffe10d5eeb51edcfa3"},
        {CRYPTO_P256, "55d55f11bb8da1ea318bca7266f0376662441ea87270aa2077f1b770c4854a48",
         "04ffffffff00000001000000000000000000000000fffffffffffffffffffffffc19719bebf6aea13f25c96dfd7c71f5"
         "225d4c8fc09eb5a0ab9f39e9178e55c121",
         "4c25702d10cd12ec7e77c4f1979237976d6aa809c645d75a59d399a52377eb7b"},
        {CRYPTO_P256, "55d55f11bb8da1ea318bca7266f0376662441ea87270aa2077f1b770c4854a48",
         "04333333333333333333333333333333333333333333333333333333333333333311489212aff79cbed5b6440161d57c"
         "98a34e6b80ec3854c3b2855af35f0d17e1",
         "ac03527f79d801081da4c0adcbba92e983ed46254354fd98e23ab659ee02a6cd"},
        {CRYPTO_P256, "55d55f11bb8da1ea318bca7266f0376662441ea87270aa2077f1b770c4854a48",
         "04fffffc000000ffffffc000000ffffffc000000ffffffc000000ffffffbffffff73f471909cfde3db2c13523bcf3728"
         "77c28d23ed1ff6a3326df6bbc4b756723e",
         "2e83d496538e7bd16b530d93b960317394b5f8b9da5128a03d08b3c8fbb46561"},
        {CRYPTO_P256, "e461c5b5e63d75b4c8c123bf8b9cd45e712af08f7e2e494a8f255ac9d80e058b",
         "04851eb1b8699d1cc01c6b6048139797dab3981c924f9ef81bd1f464c3182c870901285b2ae7cbcabfd5bccb9441eb33"
         "76b491595f60a1ec21dbe9f972bc32abbe",
         "6d03fef6b354840f4642fba1c8fce9f7d1cda8ae27b6ca01510fb44573fdaffb"},
        {CRYPTO_P256, "809c461d8b39163537ff8f5ef5b977e4cdb980e70e38a7ee0b37cc876729e9ff",
         "0485a82fabb60c7664e2500c59d0f24eac1aab0060c07b49828c55009fd27aa49647b85f72b467bfa2fe1b13258feb12"
         "1aee75a3155b30e8b4b566b610f13b6dc5",
         "ad60146b1cf2d9661884b9ef867cbb09e42466563936b03174efd8517ca8c6e0"},
        {CRYPTO_P256, "809c461d8b39163537ff8f5ef5b977e4cdb980e70e38a7ee0b37cc876729e9ff",
         "04276e45461a0e00704bee883b3e61016eec41678d8176d37eba25557a740284e05ab0fd1bf9fdac37fa83f83f515664"
         "8bb036d6ce46ff1f6ad4c72bc953214f0f",
         "eab63813807eec138a696be8b9e0023dd3c6cee35b7378174aac70838866c216"},
        {CRYPTO_P256, "809c461d8b39163537ff8f5ef5b977e4cdb980e70e38a7ee0b37cc876729e9ff",
         "041c31385b9db9b374e92499939ab0fd7e7eda464561eba89fcd7b4769814a8638a4764cf8ce97b5d143bb8eeb9e1b27"
         "287f2b73942ecdbc6359aafb1ee7a152c2",
         "fc8f64eac1c7e688c52c467185de21914e8b253056d9e4be010ed0128f92a889"},
        {CRYPTO_P256, "0000000000000000000000000000000000000000000000000000000000000003",
         "0431028f3377fc8f2b1967edaab90213acad0da9f50897f08f57537f78f116744743a1930189363bbde2ac4cbd1649cd"
         "c6f451add71dd2f16a8a867f2b17caa16b",
         "85a0b58519b28e70a694ec5198f72c4bfdabaa30a70f7143b5b1cd7536f716ca"},
        {CRYPTO_P256, "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b1cac2fc632551",
         "0431028f3377fc8f2b1967edaab90213acad0da9f50897f08f57537f78f116744743a1930189363bbde2ac4cbd1649cd"
         "c6f451add71dd2f16a8a867f2b17caa16b",
         "348bf8042e4edf1d03c8b36ab815156e77c201b764ed4562cfe2ee90638ffef5"},
        {CRYPTO_P256, "2a265f8bcbdcaf94d58519141e578124cb40d64a501fba9c11847b28965bc737",
         "04023819813ac969847059028ea88a1f30dfbcde03fc791d3a252c6b41211882eaf93e4ae433cc12cf2a43fc0ef26400"
         "c0e125508224cdb649380f25479148a4ad",
         "4d4de80f1534850d261075997e3049321a0864082d24a917863366c0724f5ae3"},
        {CRYPTO_P256, "313f72ff9fe811bf573176231b286a3bdb6f1b14e05c40146590727a71c3bccd",
         "04cc11887b2d66cbae8f4d306627192522932146b42f01d3c6f92bd5c8ba739b06a2f08a029cd06b46183085bae9248b"
         "0ed15b70280c7ef13a457f5af382426031",
         "831c3f6b5f762d2f461901577af41354ac5f228c2591f84f8a6e51e2e3f17991"},
        {CRYPTO_BRAINPOOL_P256R1, "06546f19660be42b6455813d02dab822a1c55529e43179dd5cb77cd16b2c4cf4",
         "041284e50ecda6c7c3a15ae79c318dec591da197fc32b7a046b168774013e54687156d96fe0765ea03404ecf5f6efc74"
         "b0792c05c11f9a683b97f5c7ca74f8a8c2",
         "0000000000000000000000000000000000000000000000000000000000000001"},
        {CRYPTO_BRAINPOOL_P256R1, "06546f19660be42b6455813d02dab822a1c55529e43179dd5cb77cd16b2c4cf4",
         "04834777212988ed962bc9d57e98f20bcfa34d9c6587381db48e48ce20a1ce961d6985ed4f21bb019791a6f08c36c429"
         "24cd72fe653c90882b9747059b0cc1ea17",
         "2310a87dfe5fc25d0c0f51f0d379ef19be687bef34795dc2fd3fcc2d1cfdf189"},
        {CRYPTO_BRAINPOOL_P256R1, "06546f19660be42b6455813d02dab822a1c55529e43179dd5cb77cd16b2c4cf4",
         "0487d142aa131cd789dc48af7f9b5c971a1f7dbf4a2dde45343f3538780b426bb85c48e20bb3136b2c45d98c6d8983ea"
         "ea2b3cf7863932da1e1619ffdb80759cb8",
         "7fff0001fffc0007fff0001fffc0007fff0001fffc0007fff0001fffc0007ffe"},
        {CRYPTO_BRAINPOOL_P256R1, "06546f19660be42b6455813d02dab822a1c55529e43179dd5cb77cd16b2c4cf4",
         "0494f061dca9a0a683af6ec598f36159b21cf98802269457e8e92478abb0e3d9607a21b80a8a4fc69e0763c6051ce4cb"
         "358786af3828117f946bc85b7234f1b545",
         "00fffffffe00000003fffffff80000000fffffffe00000003fffffff7fffffff"},
        {CRYPTO_BRAINPOOL_P256R1, "06546f19660be42b6455813d02dab822a1c55529e43179dd5cb77cd16b2c4cf4",
         "04292175f490fa8aead813bc9b4923233d999ea61e7f1f9d0b0a02f0f64bcd2a72795a299e368fa3b93ba25193147ad3"
         "5cb013f8bce669086759f70a56d4083ae0",
         "7ffffffffffffffffffffffffa1c6646ffffffffffffffffffffffffffffffff"},
        {CRYPTO_BRAINPOOL_P256R1, "3717e8add3e1bd89c0761b3aced7b673a0830e477c2b6a76bf1a909b3943fdca",
         "047ffffffffffffffffffffffffa1c6646ffffffffffffffffffffffffffffffff5407f4a41e7904d3e7a9e6e6d70b09"
         "3361dc5ea097c3767e1013f5868fffffff",
         "94456bf9e33c392315c5bc350a5d48e39fc7a9ff5ea6fe309e24a89292690dc9"},
        {CRYPTO_BRAINPOOL_P256R1, "3717e8add3e1bd89c0761b3aced7b673a0830e477c2b6a76bf1a909b3943fdca",
         "0423484789fec2f42fdefb0c4ec656217c4f53074616300f86325958b709e3ffc099d1c0c49a359a0c6251b8653b6531"
         "1a288b99ee6fcf2f22df7886eaec947aee",
         "31219d91b716c4897dece400f35cb7103df610bffdfdb90bf76be274ff2bf9f6"},
        {CRYPTO_BRAINPOOL_P256R1, "3717e8add3e1bd89c0761b3aced7b673a0830e477c2b6a76bf1a909b3943fdca",
         "043d607b612ed1fb6d2b6ae4fbb7024b9ccc379170c121f49f8fb6185ebf9376357406b6db83048dca52a6344cee6f21"
         "d964a80c956376dc1338dcb400912a0c61",
         "703413b19d8f415989f70ae507b4afd9900504e3725264a121bef966a30f8922"},
        {CRYPTO_BRAINPOOL_P256R1, "3717e8add3e1bd89c0761b3aced7b673a0830e477c2b6a76bf1a909b3943fdca",
         "0400000000000000000000000000000000000000010000000000000000000000003f189b3204670aad339b7aba2854aa"
         "6c99aa03d09479216a3c9bf8c6fa1beb1e",
         "a9d691a3cf38509a2de21a31844b73dd67d0debf37de003d4a8a6f9ff4023a43"},
        {CRYPTO_BRAINPOOL_P256R1, "3717e8add3e1bd89c0761b3aced7b673a0830e477c2b6a76bf1a909b3943fdca",
         "0400ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00fe194a044a9de30cb40c4109619e5347"
         "aff63ea05a3d1e560d67d61102c9c078c4",
         "7bc15044ea9f41d8b8f394b9ebc91e61fd65f53571fa07d7288777451bc5ebac"},
        {CRYPTO_BRAINPOOL_P256R1, "3717e8add3e1bd89c0761b3aced7b673a0830e477c2b6a76bf1a909b3943fdca",
         "047f00000001fffffffc00000007fffffff00000001fffffffc00000007ffffffc53a30946c16e01fc15295d8290fc68"
         "4fdf4ab640d33a71199448c4bbed4ec576",
         "7edf5c202687199ffc331f17c71081425f96b8574eea6067abdca96ececc44a2"},
        {CRYPTO_BRAINPOOL_P256R1, "a315ffcbdc5cfdc801b6651307040e3b214bb904f863f6039e0aae147ec2a833",
         "0479838c22d2b8dc9af2e6cf56f8826dc3dfe10fcb17b6aaaf551ee52bef12f8261e2ed3d453088c8552c6feecf89866"
         "7bc1e15905002edec6b269feb7bea09d5b",
         "5ef8dcc080d09e279e999efc5e1254be40172e818330c6c29642949eb3077657"},
        {CRYPTO_BRAINPOOL_P256R1, "91681129cac74ad9a479e1b015b418e4d5a801b11077f24d56cb485e4684c3a5",
         "04071c9e303971e773dccc6c0171fccfb65cfb1bf23bfa114b20c80fc61cc1c9ef5a10a3434fc6794afb7df0a7699ead"
         "a9abf3fe8a792ab130cc8a3508e5a7b9dd",
         "19c9a5b5552efbfcb6f3d895168debf9c520fe1e5698873df99c9b5cc34c0418"},
        {CRYPTO_BRAINPOOL_P256R1, "91681129cac74ad9a479e1b015b418e4d5a801b11077f24d56cb485e4684c3a5",
         "043ea1d9dd82f3cae5bcf1de413cc3443562474d981d834f2ff26a7d3efbbecfd59089a0950c7b0ea3456a78c1b991ce"
         "a5e5b58ebc4ac066c307a10d4ae5f12978",
         "a4ff8728582525ef0ea89f48354f17d2dae9926253f1da7b55d90a96ef8c72ac"},
        {CRYPTO_BRAINPOOL_P256R1, "91681129cac74ad9a479e1b015b418e4d5a801b11077f24d56cb485e4684c3a5",
         "048409b2b16955a5b8c4bae7491b8e7645d99582dea5ab43ce80120ff182b179ee3d119840a5fcf7f5b95c56db444273"
         "5847d7bafbedd6f6d1b4fd960d5dc9f9e1",
         "33aeb7a6d15423e561d86a1b9361f45f314c7ed039753d091dd113d76a1476b6"},
        {CRYPTO_BRAINPOOL_P256R1, "0000000000000000000000000000000000000000000000000000000000000003",
         "04a4597cfee2797aaace662caa92a444592c9f626f04beca98a06b6dfcaf53f4b377d67b1c109154309bcf3d2f3928e5"
         "8747806f08a8cf88436ac1b2110b83493b",
         "a3e1a44851d0dee744378c5e495f3081dff2a0fefccdd08fdc2331687d5c4a80"},
        {CRYPTO_BRAINPOOL_P256R1, "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f790160e82974856a7",
         "04a4597cfee2797aaace662caa92a444592c9f626f04beca98a06b6dfcaf53f4b377d67b1c109154309bcf3d2f3928e5"
         "8747806f08a8cf88436ac1b2110b83493b",
         "6878ca1bdd7c0353b505d5a60b2fbed422b5c37c7b54cbed3a22e0894e7b15b8"},
        {CRYPTO_BRAINPOOL_P384R1,
         "0a3315e6cdeb733e26d72d2a98e943727b637f98406755562b0531f1f92a8f4a66e6ace629249e0f61cad07b22ff62bf",
         "0456b0e00539a304e1dcaef00d90e1e851002c5cbb2e7a0cdde34700f242d52d607cd48498fe7668eeffadcf2418ea89"
         "8e57677fe6703911e5de7c45f3e03eb179e3248008eff9f5ad5860c74d58a45b291c23bf8d5be285ec6e9fd67ece9b66"
         "92",
         "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001"},
        {CRYPTO_BRAINPOOL_P384R1,
         "0a3315e6cdeb733e26d72d2a98e943727b637f98406755562b0531f1f92a8f4a66e6ace629249e0f61cad07b22ff62bf",
         "04786a76a694fe8c7646d6d3c9e38ec83da820efa4dc18fadaa81d3d51da520b7d476e303537a67544e6d3993f019f65"
         "978a7cee0dced6f8cd98bb9cf472244f02091cc7be757d6ae755cafacbd9cc9e06cf1c7e72a905e108a2bea74aa9a2bd"
         "aa",
         "7f8000fffe0003fff8000fffe0003fff8000fffe0003fff8000fffe0003fff8000fffe0003fff8000fffe0003fff8000"},
        {CRYPTO_BRAINPOOL_P384R1,
         "5c1e1ff706fdb4c9b704a2ae9375b68f21a0b6059309a4e293369cf6a3a123a0aad3b2daae1629821a12b9c2c62d3b85",
         "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "0144e54365091651eebe3aa1e13a14ec2c0dd1b1ad3778f69d586d078d7554c116a71e422add51cea477ce154ce87394"
         "0e",
         "55b4e89b8ca6cd3991c3578f8a970489d5fb1bd7b979cbfdadd1864b281afa73792c6e7baf938053fbaceeddaa5325f4"},
        {CRYPTO_BRAINPOOL_P384R1,
         "5c1e1ff706fdb4c9b704a2ae9375b68f21a0b6059309a4e293369cf6a3a123a0aad3b2daae1629821a12b9c2c62d3b85",
         "047f8000fffe0003fff8000fffe0003fff8000fffe0003fff8000fffe0003fff8000fffe0003fff8000fffe0003fff80"
         "00073d7e269a43dd0503596ba0c5a341079f9c8d3946603a11cac7da811105948ca15793cd08c7a5d6576dee4d429fcc"
         "90",
         "2899e1801c12c692b3735873d268b586df0c5f39bed068f29d08762065b33d55daf73b5edfd313522147b6d6db46c390"},
        {CRYPTO_BRAINPOOL_P384R1,
         "4a7fa2b9890207fee6e4775fae86e344f00e0d774ce5238ff310ec062ddb8816b2caec0c4f8a18085a20925eeae4c2c1",
         "04567d7f88704ab86568bebb212fb1f53c8559de081799c39b211f6f087dd29dcebf76810abf1a54c9e9cf842a3505dc"
         "1b2ee697f36dd3312f3e9f86a6a2467991e8b44f2f9017b04a1da9f12ceb0c8ae083e1142044f69913bc4a7b9a9bb2e4"
         "73",
         "1b6a256c0fab8d6e85c1c8af62d1604ca7fde2b4e301c004d336ea923356b67f1a935d0feceb48dc78141dc27f1122d1"},
        {CRYPTO_BRAINPOOL_P384R1,
         "59a4129f8a2ee92d4d4ff690f7b817f013bb3da52e729e55fcf651ae7181ee4ccacbae97d246884565f6b66a54af4ff3",
         "0465eb53f6246b9d6d5a3b2a25a4f034ac1b5d162d90d158144e5d0114bdf145b52cdc0015e4195bc1b400916cb4da61"
         "2173dcf40c99fd09ff145a0379825843aeefabcbe5b48832d49fa82a78fc77d1e3502193c542d354d6330b6a9f6a44fe"
         "89",
         "27f253157e2670092b7d4af0b7d2052015300108ab0cadacb6a921bb8328482d6a6a96dae1c2e0a31549eea54fee0ecd"},
        {CRYPTO_BRAINPOOL_P384R1,
         "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003",
         "0409d897b6d1452a2f91c4c37fbb06d82f9ebf722298cafb135e582cded3e3210033e4cd07703c34acf36ba72b401c30"
         "bf03b161af6e11309a1122145c431996047a7e7808cf8314b6ec37c61a817d08c7d00c8c7b5d258f2674378c832f682e"
         "df",
         "1a136db83c88ec1a705db70c310e685164acf6890c5628fb4004520739a30a015557d3d0fa8652d26af3621d8cfac529"},
        {CRYPTO_BRAINPOOL_P384R1,
         "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b803202e9046565",
         "0409d897b6d1452a2f91c4c37fbb06d82f9ebf722298cafb135e582cded3e3210033e4cd07703c34acf36ba72b401c30"
         "bf03b161af6e11309a1122145c431996047a7e7808cf8314b6ec37c61a817d08c7d00c8c7b5d258f2674378c832f682e"
         "df",
         "7b9679e9ef47700a484d65637a03834a2fa8557dafe5f470e4747bf5ac308ec53b16f83789ee63abd0ae7078422440a8"},
    };
    assert_shared_secrets(vectors, sizeof vectors / sizeof vectors[0]);
}

static void assert_point_refused(enum crypto_curve curve, struct span point)
{
    struct counting_random counting;
    const struct crypto_random random = counting_random(&counting);
    struct crypto_ec_key key;
    uint8_t one[CRYPTO_FIELD_MAX] = {0};
    uint8_t out[CRYPTO_POINT_MAX];
    const size_t n = crypto_curve_length(curve);
    one[n - 1] = 1;
    assert_false(crypto_ec_load_public(&key, curve, point));
    assert_wiped((const uint8_t *)&key, sizeof key);
    memset(out, 0xff, sizeof out);
    assert_false(crypto_ec_multiply(curve, &random, span_of(one, n), point, out));
    assert_wiped(out, 1 + 2 * n);
    memset(out, 0xff, sizeof out);
    assert_false(crypto_ec_multiply_add(curve, &random, span_of(one, n), point, out));
    assert_wiped(out, 1 + 2 * n);
    assert_true(crypto_ec_load_secret(&key, curve, span_of(one, n), &random));
    memset(out, 0xff, sizeof out);
    assert_false(crypto_ecdh(&key, &random, point, out));
    assert_wiped(out, n);
    crypto_ec_release(&key);
}

static void test_invalid_points_of_wycheproof_are_refused(void **state)
{
    (void)state;
    static const struct {
        enum crypto_curve curve;
        const char *point;
    } vectors[] = {
        {CRYPTO_P256,
         "0362d5bd3372af75fe85a040715d0f502428e07046868b0bfdfa61d731afe44f26"}, // compressed public key
        {CRYPTO_P256,
         "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "0000000000000000000000000000000000"}, // point is not on curve
        {CRYPTO_P256,
         "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "0000000000000000000000000000000001"}, // point is not on curve
        {CRYPTO_P256,
         "040000000000000000000000000000000000000000000000000000000000000000ffffffff0000000100000000000000"
         "0000000000fffffffffffffffffffffffe"}, // point is not on curve
        {CRYPTO_P256,
         "040000000000000000000000000000000000000000000000000000000000000000ffffffff0000000100000000000000"
         "0000000000ffffffffffffffffffffffff"}, // point is not on curve
        {CRYPTO_P256,
         "040000000000000000000000000000000000000000000000000000000000000001000000000000000000000000000000"
         "0000000000000000000000000000000000"}, // point is not on curve
        {CRYPTO_P256,
         "040000000000000000000000000000000000000000000000000000000000000001000000000000000000000000000000"
         "0000000000000000000000000000000001"}, // point is not on curve
        {CRYPTO_P256,
         "040000000000000000000000000000000000000000000000000000000000000001ffffffff0000000100000000000000"
         "0000000000fffffffffffffffffffffffe"}, // point is not on curve
        {CRYPTO_P256,
         "040000000000000000000000000000000000000000000000000000000000000001ffffffff0000000100000000000000"
         "0000000000ffffffffffffffffffffffff"}, // point is not on curve
        {CRYPTO_P256,
         "04ffffffff00000001000000000000000000000000fffffffffffffffffffffffe000000000000000000000000000000"
         "0000000000000000000000000000000000"}, // point is not on curve
        {CRYPTO_P256,
         "04ffffffff00000001000000000000000000000000fffffffffffffffffffffffe000000000000000000000000000000"
         "0000000000000000000000000000000001"}, // point is not on curve
        {CRYPTO_P256,
         "04ffffffff00000001000000000000000000000000fffffffffffffffffffffffeffffffff0000000100000000000000"
         "0000000000fffffffffffffffffffffffe"}, // point is not on curve
        {CRYPTO_P256,
         "04ffffffff00000001000000000000000000000000fffffffffffffffffffffffeffffffff0000000100000000000000"
         "0000000000ffffffffffffffffffffffff"}, // point is not on curve
        {CRYPTO_P256,
         "04ffffffff00000001000000000000000000000000ffffffffffffffffffffffff000000000000000000000000000000"
         "0000000000000000000000000000000000"}, // point is not on curve
        {CRYPTO_P256,
         "04ffffffff00000001000000000000000000000000ffffffffffffffffffffffff000000000000000000000000000000"
         "0000000000000000000000000000000001"}, // point is not on curve
        {CRYPTO_P256,
         "04ffffffff00000001000000000000000000000000ffffffffffffffffffffffffffffffff0000000100000000000000"
         "0000000000fffffffffffffffffffffffe"}, // point is not on curve
        {CRYPTO_P256,
         "04ffffffff00000001000000000000000000000000ffffffffffffffffffffffffffffffff0000000100000000000000"
         "0000000000ffffffffffffffffffffffff"}, // point is not on curve
        {CRYPTO_P256, ""},                      //
        {CRYPTO_P256,
         "02fd4bf61763b46581fd9174d623516cf3c81edd40e29ffa2777fb6cb0ae3ce535"}, // invalid public key
        {CRYPTO_P256,
         "03efdde3b32872a9effcf3b94cbf73aa7b39f9683ece9121b9852167f4e3da609b"}, // public key is a low order
                                                                                // point on twist
        {CRYPTO_P256,
         "02efdde3b32872a9effcf3b94cbf73aa7b39f9683ece9121b9852167f4e3da609b"}, // public key is a low order
                                                                                // point on twist
        {CRYPTO_P256,
         "02c49524b2adfd8f5f972ef554652836e2efb2d306c6d3b0689234cec93ae73db5"}, // public key is a low order
                                                                                // point on twist
        {CRYPTO_BRAINPOOL_P256R1,
         "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "0000000000000000000000000000000000"}, // point is not on curve
        {CRYPTO_BRAINPOOL_P256R1,
         "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "0000000000000000000000000000000001"}, // point is not on curve
        {CRYPTO_BRAINPOOL_P256R1,
         "040000000000000000000000000000000000000000000000000000000000000000a9fb57dba1eea9bc3e660a909d838d"
         "726e3bf623d52620282013481d1f6e5376"}, // point is not on curve
        {CRYPTO_BRAINPOOL_P256R1,
         "040000000000000000000000000000000000000000000000000000000000000000a9fb57dba1eea9bc3e660a909d838d"
         "726e3bf623d52620282013481d1f6e5377"}, // point is not on curve
        {CRYPTO_BRAINPOOL_P384R1,
         "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00"}, // point is not on curve
        {CRYPTO_BRAINPOOL_P384R1,
         "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "01"}, // point is not on curve
        {CRYPTO_BRAINPOOL_P384R1,
         "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "008cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec"
         "52"}, // point is not on curve
        {CRYPTO_BRAINPOOL_P384R1,
         "040000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "008cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec"
         "53"}, // point is not on curve
    };
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct bytes point;
        assert_point_refused(vectors[i].curve, hex(&point, vectors[i].point));
    }
}

static void test_points_in_other_forms_are_refused(void **state)
{
    (void)state;
    for (enum crypto_curve curve = CRYPTO_P256; curve < CRYPTO_CURVE_COUNT; curve++) {
        const size_t n = crypto_curve_length(curve);
        struct crypto_curve_parameters parameters;
        uint8_t point[CRYPTO_POINT_MAX + 1] = {0};
        assert_true(crypto_curve_parameters(curve, &parameters));
        assert_point_refused(curve, span_of(NULL, 0));
        assert_point_refused(curve, span_of(point, 1));         // infinity (SEC 1 §2.3.3)
        assert_point_refused(curve, span_of(point, 1 + 2 * n)); // infinity, padded
        point[0] = 0x04;
        assert_point_refused(curve, span_of(point, 1 + 2 * n)); // (0, 0)
        memcpy(point, parameters.generator, 1 + 2 * n);
        assert_point_refused(curve, span_of(point, 2 * n));
        assert_point_refused(curve, span_of(point, 2 + 2 * n));
        const uint8_t forms[] = {0x00, 0x02, 0x03, 0x05, 0x06, 0x07, 0x84};
        for (size_t i = 0; i < sizeof forms; i++) {
            point[0] = forms[i];
            assert_point_refused(curve, span_of(point, 1 + 2 * n));
            assert_point_refused(curve, span_of(point, 1 + n)); // compressed
        }
        point[0] = 0x04;
        point[2 * n] ^= 1;
        assert_point_refused(curve, span_of(point, 1 + 2 * n)); // off the curve
    }
}

// P-256 has the point (5, y); in place of x stands x + p, which still has 32 bytes.
static void test_coordinates_not_below_p_are_refused(void **state)
{
    (void)state;
    struct bytes point;
    struct crypto_ec_key key;
    hex(&point, "040000000000000000000000000000000000000000000000000000000000000005"
                "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc");
    assert_true(crypto_ec_load_public(&key, CRYPTO_P256, point.s));
    crypto_ec_release(&key);
    hex(&point, "04ffffffff00000001000000000000000000000001000000000000000000000004"
                "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc");
    assert_point_refused(CRYPTO_P256, point.s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ecdh_is_that_of_rfc_5903),
        cmocka_unit_test(test_ecdh_is_that_of_rfc_7027),
        cmocka_unit_test(test_ecdh_is_that_of_wycheproof_edge_cases),
        cmocka_unit_test(test_invalid_points_of_wycheproof_are_refused),
        cmocka_unit_test(test_points_in_other_forms_are_refused),
        cmocka_unit_test(test_coordinates_not_below_p_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
