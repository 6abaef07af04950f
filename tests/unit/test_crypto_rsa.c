// RSA verification with selected cases of Wycheproof, and recovery with a signature of ISO 9796-2.
// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/crypto_vectors.h"

// The key of all Wycheproof cases below: 2048 bits, SHA-256, and for PSS a salt of 32 bytes.
static const char modulus[] =
    "a2b451a07d0aa5f96e455671513550514a8a5b462ebef717094fa1fee82224e637f9746d3f7cafd31878d80325b6ef5a"
    "1700f65903b469429e89d6eac8845097b5ab393189db92512ed8a7711a1253facd20f79c15e8247f3d3e42e46e48c98e"
    "254a2fe9765313a03eff8f17e1a029397a1fa26a8dce26f490ed81299615d9814c22da610428e09c7d9658594266f5c0"
    "21d0fceca08d945a12be82de4d1ece6b4c03145b5d3495d4ed5411eb878daf05fd7afc3e09ada0f1126422f590975a19"
    "69816f48698bcbba1b4d9cae79d460d8f9f85e7975005d9bc22c4e5ac0f7c1a45d12569a62807d3b9a02e5a530e77306"
    "6f453d1f5b4c2e9cf7820283f742b9d5";
static const char exponent[] = "010001";

enum { SALT = 32 };

static const struct {
    enum crypto_rsa_padding padding;
    const char *message;
    const char *signature;
    bool valid;
} vectors[] = {
    {CRYPTO_RSA_PSS, "",
     "4f01e0c12b08625ecac89a69231906edf826380f37c959a96690d046316d68ffce9d5c471694fcebfc6b455348646892"
     "56e4fc81c78e583f675d0c94b449647451e81beff01a11a516d5e5ce3f1a910437cb8a3a5096b19fb15f4524a35b23d8"
     "9cdba12cf5b71aac1047b28c562df7c5542c34ce23a182cf7e0e231934b17294799d44877a1d68ef1b8f073619b7618e"
     "6b7c22db20030d98cf591ffc3d4da5f58613ecd5ecfc3b40a1d02f40891ca43695cd4c088b05a8054c89c595a47e2748"
     "16f35384226f74459ee63e25a1bfc03c360490552ec38343f8ace502f065303b00bc0ec320711b211fde92e57feb9013"
     "c3609342495ec0d7cabdec21e54acc38",
     true}, // valid signature
    {CRYPTO_RSA_PSS, "343236343739373234",
     "3a52bec84b5b41e09358a7fe24bb7ae0cb39364374c911e0d3f011f2c4c79667f43eb700fcb33e44533654b3efdb37e6"
     "27eaf1352d21a187a70a86b79b2c34ae3eef944e3e61d361c3baa446dd465f2ddc0b2ae7bc8beec1761922fb5d7aa6cc"
     "4fab9d1a0835f15cd71ccb3fcb57c578a46a7197dab478b7d1ed7c6235dea3b117472c334c3a18fb8a574922f511d7eb"
     "f030201dd7457a3860a6af6252ddaf90d07d90aca03f7037223400c066db1d7feb91d84815af2430190a2170ac7eeff8"
     "98ebd5c4c7e9bed19aa86293aa257a9ad0a5146be80e7ce6081c8906d269d06bf037e34ee18aba113dcfc98eca70abed"
     "7249dc9a49f971648e58d7db2282ed6a",
     true}, // special case for hash
    {CRYPTO_RSA_PSS, "313233343030",
     "67d1d1c0a398148625317c3f5e44b738bdf461c27a59594b39ebb2aebef233c7809379e54411411b82d2e7ac88f989b5"
     "8373d532c758baea121878ce9759441738d121881c1fa2d04421f02dd565b12770d844611ed1873a0b64d822709a6b78"
     "d6d3892b294404bce6711001d6c3a54546c76a1d17819674b0be904497a233b466fe4becc832dee740f9ab79e5b9f5db"
     "0b0f9aac0084ba05cebf42303b5ca2ad95e3d61b29ed6475545c02e93e7b0e118af92f5cddb1faeb2cbc23c9e69c120e"
     "29df7fe31991e887b3b29e77688c60e80be65cccf3d7861a7a14c39e6a6e5645568e2cc5e4a17b75db1dd415aadb45e1"
     "12a9b582b2ff6e82a43d7a7347b7b56d",
     false}, // first byte of m_hash modified
    {CRYPTO_RSA_PSS, "313233343030",
     "842348f2b2cdd4c72cda7dbec0fb8b114e419cbfc1ee1b7ce5d70ec56a833c4ebc8c114dc3c92164b13f4692f236d6b8"
     "8e5618b23af9fa979fe9b5d8eb228b1efd0da8e47b4c4042965c8b9f08eb9f6fdf7e472c88f532d4d851623b4bf99e02"
     "1e82ef313c7d93179af810b70aaf929a395ece713d5fec3339e394210b56f1edf26dedfb04083bd24eb0d3ca117761f3"
     "8319c3b97a9453993dafd3d2dd8c01cd63117f8fda46f52565e4d7de9f718f1f23254c4f9ee77ad1414af4d4dcf959a8"
     "9bef438329516cc9b79149db058d206e6d7c0133e7c870335f0490b8c569d787443c4a84ff665dbc6f4353dec66f9c48"
     "8a3f91071ce19553a7c156025f1f81b2",
     false}, // first byte of m_hash modified
    {CRYPTO_RSA_PSS, "313233343030",
     "77c9dd7786f0b5cbe76f20abf24361f8979d3a6c6c122e798eda906b0b9700cd2dd26e5286ddd39d07b7c24379cb40f8"
     "350354a36b0759bfade61d3d770702b58218c5dc64ddd0d5fce405a16fbc4de3a5fbe7737032605c06ac82e174619c30"
     "04d24bbf22bd1ab3e4d432b4ae36c23573cbad845c16a1842e5de1a3bfa2f12d3496a3114fda830dd6061cf538a4571f"
     "e088cc03dd7e8762fb08b84501843f5f0362a4fb097d6fe9b96970c0c505d2f6a59754c42684908627fa8c734ecd587c"
     "161de7b7bdd69924c0b4d06cb7db2a70dd9257876d1da1ed8cc00fa68279525c346b7256c916ccf1df9386ff9d1eb27f"
     "0a5d83a00a2738fa2dbfaa500baea789",
     false}, // last byte of m_hash modified
    {CRYPTO_RSA_PSS, "313233343030",
     "455221c385f769fedd123afa37a42b7477d6c3ed968ce44d4982c41ad29a3f59baeb2b566dbacc91b423fbaec371f380"
     "9c20cad6afcc2b8df782e472c954cdeffca49553f6eca58781894c67fed1d9326a53422f9642031b69ff45e6a826d18e"
     "4241b5214231f7d252d4c640386a17c2a1839ba9c5a34e94b2b8f30fb259fa752339f134e54375a9a4f3a5dbd5f3fb93"
     "c38b59fc33a77dbdea9b8fab7c209e6f403d188958b5fa5481bd225b266bee6761132104890c8c25f04583084eb01c26"
     "6ccbca401617120c61a388cc683fdd5d195c8dcd48f4d1a9be80c07727f78a10cd26359c8dd1d87614f8acac1506c5bb"
     "a79b30c0af745c872433f17e8a52a94e",
     false}, // last byte of m_hash modified
    {CRYPTO_RSA_PSS, "313233343030",
     "5d1f5b3ada8d4507a7447829f26764b9f794ccb4c287870b5c5aac649f9272fbbe22f064cb75e5b3813bf874c6977dc2"
     "86ef1deddeee1a84a9302fbbc9c8f86ec45eed5469bb85eed8618efdaf29ea4bc0a9cd0c0be71e82bdab6f15a9f7a637"
     "f297e0b5ad4c7885bd27b89f4a52452f0176df3d266f9c13fc44d3fcc3e71e3cc5ede3fe2555ff2bf2b72a2198af709e"
     "29c2f6f5ce44997c02ea7aebc9a33d0c609ff0f586e753e585ee5052a0bf2f71247cf43ac244818c84347662338384d6"
     "c1a4c9b9ebc14f912db688e658d453bb2082c8def4c440a6b25e03ea4459c1c9bd5495e2ce9343439cbbf03affca6385"
     "6cc50936d49cf2dcfc73679c9aa32e56",
     false}, // all bits in m_hash flipped
    {CRYPTO_RSA_PSS, "313233343030",
     "5e91b5dcbf02d6f19621d41a83dc8f15ea83c0edb83765ef029b0acac2e1ec8918b1d2afe1fadf11c48d27594cb9c01f"
     "ed79d90e5d5a8085c438450111aa7d9fa39c2345b14fc3c2cb34128f86db5eb00bdf8dfe38d61f29a41fe31342e7aaef"
     "cb4b122eb5d63c2f5c263c8df8450e9428ffef974d535818d51dc03a7d60c8b2d16c999ae46d73ab40515fe601d9b89b"
     "1d09c6d60cd51639a97c1d211e097609ba5e8c319c6fbd21b34a634ec8fb8971c5aae21c70b847a4539cc10dc314ddd8"
     "a9629e8a0e51c66c0cb61fd1f7228c01c6769190abe9bac9a3897800050014358594e0fb20dbb458b12aa1346826cc9f"
     "7e9c5352b073d62853dafe77c848cb1f",
     false}, // s_len changed to 0
    {CRYPTO_RSA_PSS, "313233343030",
     "1591ae743c58ceb723a76f502e21ff6a65c24cabf5f527bab5a6f2a69f20c776fd2251e43ad22e09b1486ceb1935b2dc"
     "2ade95e233f296cc0e5a8af8109659be76b6bfdf37e14837fd6c34bfed1f19ec9d21f974b984fe4d4773896ebcc7fb86"
     "2fd641cd0d77178485c70c2d68b4d9be1d863f6f254b77991fc9053f5d5415d1aa74ba9067e2e6607fb651638c9cc043"
     "0a40c9b691977b557a31d95a290a95b56ef2ec8e4313686a9c5ef48235912b210fdd2c50aafac28131104c795c42ae75"
     "810b0284b2d257e81ecac4240622ebc261ab8bceeeebe80f1cfa70f18d782aebb97d803ea3a895be541be6941df103ea"
     "aabd870848bfaf58cdaf6cecdd5a10bf",
     true}, // salt is all 0
    {CRYPTO_RSA_PSS, "313233343030",
     "6f2f650ac10d5aa2c16703f657233da8c035da67a6e9e950dfd0391399da3a86ca7837dd7cf23e864d9cfca1fe77dae4"
     "5a01ba21d23dd918ca7bba094aae376100198f59834396ec942fcffdd7d6a44953f69bc60291b1eed5921a0434d8b895"
     "3beb9d1e1b15fdca7090fa5c646847c0b759e94f056911ad188d4b0cc399c8c345757d5022f1a38926de0cbda8648a7a"
     "ffd9f031262b1079a3681d58249186fec4f6e98bf151c9b680a46b88dada9b42cca365cf908ed0501cd21e02a5bc4c06"
     "75f23ece50987b703499eeb94b6c40b5cdf22299776fe30800f887a1dfff18cd8a7da8c2388060dcb78c925c54b4e620"
     "cd3fe7546accfb3bbae9de08ba886009",
     true}, // salt is all 1
    {CRYPTO_RSA_PSS, "313233343030",
     "1758eb94588e6fc4f50c1be1afcaa41027869f304cad513b1fb12c2f446d63cdc05c4830a7e3e630da7b2da4f7867cc1"
     "73bf6420f9732277282596de41ded32e21d0cc31441174da8765f57419c7764ea758f55bc17646eb100c435d1ac0eed6"
     "fc7ba6de5f832094ee2f479979765e05ac9976788db3c241a9e32a0da864f0019a87646ba623d63f4411af5dee1be9ec"
     "488c7e3e1b231479de70b9ac5f78a17b1f4120aece45f26c07e7bb345fdfeb05e14bcaacc614672a465fc523624cb19f"
     "66f9c6c3f642b832ca44cb25176d679f0e05606c3fed022cac24c2bf960a406d48818e3eb7ed53b0446032469047dfed"
     "95fc18088c92d91d93722c47f88163a8",
     false}, // PKCS #1 v1.5 signature with SHA-256
    {CRYPTO_RSA_PKCS1, "",
     "840f5dac53106dd1f9c57219224cf51289290c42f20466875ba8e830ac5690e541536fcc8ab03b731f82bf66d83f194e"
     "7e180b3963ec7a2f3f7904a7ce49aed47da4d4b79421eaf937d301b3e696169297b797c32c076a12be4de0b58e003c51"
     "23051a84a10c62f8dac2f42a8640008eb3c7cccd6760ff5b51b689763922582845f048fb8150e5a7a6ca2eccc7bdc853"
     "49ad5b26c52137a79fa3fe5c29ab5cd7615013219c1941b6708e9c3c23feff5febaf0c8ebca5750b54e3e6e99a3e876b"
     "396f27860b7f3ec4e9191703c6332d944f6f69751167680c79c4f6b57f1cc8755d24b6ec158ccdbacdb23107a33cb6b3"
     "32516c13274d1f9dccc21dced869e486",
     true}, // a signature
    {CRYPTO_RSA_PKCS1, "0000000000000000000000000000000000000000",
     "8a1b220cb2ab415dc760eb7f5bb10335a3cca269d7dbbf7d0962ba79f9cf7b43a5fc09c99a1584f07403473d6c189a83"
     "6897a5b6f8ea9fa22d601e6ba5f7411fe27c638b81b1a22363583a80fce8c7df3e40fb51bd0e60d0a6653f79f3bcb7ec"
     "3e9dc14cfb5b31ab1735bca692d50ac03f979dda92747c6430f8045efa3513ba6e0ce3e9e35570e1c30c8ebe589b4419"
     "2e1344ca83dfa576fc6fdc7bf1cd7cee875b001c8c02ce8d602769e4bd9d241c4857182a0089a8b67644e73eef105c55"
     "0efa47a40874289395ac0c4e02fd4ba98e130a4c2d1b95521c6af4a002ac3bdc6e52122ae4c08cc3da1c896e059acbdd"
     "ec574ac0432f6103dd97273d8803c102",
     true}, // a signature
    {CRYPTO_RSA_PKCS1, "313233343030",
     "095dad1fd82bcd36652a381b7f4dd656bd89b40aa58b56da4f6aa8247874b935e65d2b86752d537df7103884d39dd9ad"
     "3d65f87404526b09094c5615c6249979b0dc58d2199ae8696a5b76b4bb03eaf08c2ab6aec686c6b1b289c9b44f648bd3"
     "0cb1ac6a64a73d68e59cd05e7aa1b780f4bfd7b83dfe3b884ec11821a93dc5bbb47a00eea4557b6b96b5656276001f1f"
     "295ddbbbc511a99b9a665b9c2674c8af0d812286d0be3ce74817ba2cad283757de35dfb149f2835f60cb03ff155524a5"
     "7f78b148feceb84cd20b0ae22e3e48f433fbd9bfd60be8afec93165ee0310be961d3695f309d031320c830aa6ba08b5a"
     "51d943797097c57630be391bd23736cc",
     false}, // Missing NULL in the ASN encoding
    {CRYPTO_RSA_PKCS1, "313233343030",
     "8a0e82d4f334aca72a718b6f8f643f69c6048d619d5eba71263a5d2d3ac7a7af133b780c7595ca2c982c006e861948f5"
     "43cd0210c758691f9626842c25de2843ea314ca8eff285d47e0cffa54180af416004017034962a80a5959c3d3f1bfc15"
     "4a4824462a93c014f6dfe920824f414a6e30e0e5944d480b99949ec7bf64c4a7461575933b17d7d6b0178b5192392ace"
     "3ed8469e8ac1dacae51ad5d3ad73dcb213e056d04596e64d8c0703def3110c7cecc93ba8ac8059f0f3d66b89d8712c62"
     "b41d407e4b4a104f4569558b0290c213cad6d0653898b9df8f4a453ab07d13bfb7598d505abbd0c4987e4f1ac66e1a52"
     "3e113e370ab7cf990f0cc63f50f4f0a4",
     false}, // length of digestInfo uses long form encoding
    {CRYPTO_RSA_PKCS1, "313233343030",
     "9947c137ebf7013ea9e41f1ce93fd29022e340e6ade56c1119cd826430acf9833bbc1ed05c1899757a79d3104c9b4133"
     "ff0aef7e1cbeaafc2ada2422bdf9e29926626527f947124d5549d9f4fddb809f84923aa335d331c392a5ae5e29cb0f50"
     "3e230ce7bff114206d5dfd51b812f9ed5448d9100125a8cc2324e560c69f4a492988045c97ab90a2806df900c3b95ab9"
     "5bd634dd0a50edc5312eeef6463bc4b62e54261cc67e9cb9caa9a0a7550183c9e03f26bd5c8718dd77f54290b3a27a05"
     "4d7d3e39e8cb45529d585ac0e507b8688219d2b8032268020b68d2284f9f743debab5cd47fb3fbd77fdfe3a9d7984b11"
     "a37cce190ac89a472578a3332b150f5d",
     false}, // length of digestInfo uses 50 instead of 49
    {CRYPTO_RSA_PKCS1, "313233343030",
     "259cc7e43882850415f4d7f2321fde08212490f6e9929c37c6a60cf686eec1dee385fc513f5e4105f19f2d63565b2d37"
     "62080634306b4ca87f857912bc062f31de6cccae9b48213c1b661ec9874d426d74e4c23c0ca53abc8f7bfdfb9d32dc6b"
     "5559f6aec33a5b9445ec4490302af6893890f57969de00287203d8df9a511b678caee2a7d666d9fca912826216ae3c62"
     "a37f12dac1412100c966ec7c8ff347eb79566784ef86943e999d0d1aa46fc9e5b90e9b91f4d16bfc2d5b9ffd4515f1d2"
     "3cd0ce9612d19c28079702e1bc96b98cd86a5708b9000a5d61777a92d7d033557492f9ab1a4aee6719dbb14e6c3b4998"
     "480a8d49013898a5418bc8c63c41c5f1",
     false}, // length of digestInfo uses 48 instead of 49
    {CRYPTO_RSA_PKCS1, "313233343030",
     "0e6eb88e130cf0d79056bdcb87f016f99edd9f35519c44bb509a38cd346d996e3d9b7b21a40fc976a935f2904a6423dc"
     "0f251d8a89c4e1424d3312b1e7e0c14f057fa3a45841dcda2bfcf107c2103c0475cbb34d4c769e98b08cbd35964aefc3"
     "a8dc4178725c16ed7da6b438107da2488af8fd5cb2c15a8849a531e1a955c40cd6c147956fc3e8a15a1082e9e9a7878e"
     "fab929c50d52fd6c14cad0987f667221a0c8ab29a682de04e437b20c82e9a759291dabd22fb38e86121b71b3ab473ea0"
     "977441db6b137d01b63e328412996ccb8dc27e57c8cd6cbeb31e321160df29ea3151f34ba36846495b6e4bb766f0bcdb"
     "a00062265ad7d01847e22c06a463dfeb",
     false}, // appending 0's to digestInfo
    {CRYPTO_RSA_PKCS1, "313233343030",
     "8083dde7cef1b018fab0e9aa58744a665c24dad0791dfa6e8fe3e95b320a94038926f6cbaaf19562fc53f3a69e0aca0d"
     "9780af9eb9267f19a081343294356fba81518fdb961574a7ef38625c201036ae954238b889c8eeb3677f7f9df07badd5"
     "f27ceb0ccbeaebedc41b977609f8b964f028454b4406e22e0034c3655ab499d01d1b6be0c19bfc9e4ee2e209dc033ba1"
     "a66b50ffececa532c2c806cd2ed2586325d5bbc57f42840d8df88636b488ea363bb7f3ec35d65a635befe9d96ce2cb8c"
     "4b7b0f90ae3eea677debde8c6b2f63a0bd6b694922ffcdbf8e54864f4a90202eff266678490e53923dc48d70e9fbb756"
     "536fe6196553c8492fb5ecbd0a5e66d1",
     false}, // prepending 0's to digestInfo
    {CRYPTO_RSA_PKCS1, "313233343030",
     "16b5347808defc31a231c28edac36a3f1789d4c549e8f5c71e2fcf5d5304ba437b4c7c0eb7ffbd80f5c5b2277bf24412"
     "b39ee3e74c368517717c438bb88b80b12ad14f7295ecf8841947e5e7457e66d2f869c30d28e9ac2019d7e5eca6229812"
     "b649c8b6b4ccd4e17b254e7ab496aa5325525e7974be348dcd53c652e6315e670236bbbef2f501e246631b735c50e388"
     "ea3af8bb0030fb7fba9743eb70fc6687cfdb92d46a4537ce88dba96ef52744e22fb7257af1538e3ffc4e2d9ac9101d6f"
     "71bc2f5aab71ddcc73a6c635500fa0a9174d25ebcc85dcd7dd85a7d2e8d3138effd171176bbdf23296ba3df630ee4218"
     "5720ec141ceeaed1681a6ad0c156e099",
     false}, // The algorithm encoded in the padding is MD5 instead of SHA-256.
    {CRYPTO_RSA_PKCS1, "313233343030",
     "9492ac64c45a6ee14fa5996c865c18a0310bad275a26be5f4df7eed2f49bb3fb76b222c9f7e92d413d00fcc9cd6dbe59"
     "0a48c1250ec6807ef5d231585c202934182266f9bf931be91bafa1ea47d0d6dfbd39b5516585142cb52daee704a6c36f"
     "5a216b5e42a20b8deaa3e6d8b26e97cee7ff4cbe4b72980edf50283a48034b1b0deb36730439509424d7a5229a5dbe08"
     "005f372057b7bc6c45d7633d509d833b90be33e706b023027165e2be40a165240f28f7708cea38ee9fb87aeb8ffbe536"
     "37d6f652755f312038f6dfaf5db3b89df86a7031f4d92d1a1b1886fc9594b8e2c29135aab5e6a66ba428552559ab9cda"
     "9d915de834505297471145e0a64fed3d",
     false}, // The message is hashed with MD5 instead of SHA-256.
    {CRYPTO_RSA_PKCS1, "313233343030",
     "891f1354e36c2b7faca0981c64f249f73940ae03da86f0a413a971031b00c2bed14489345225fea317d9d551cced9c6c"
     "6f6f7134cb6bdca1b0319d931a1d7a1e24a744eb98fcb0d3254660066f688531fde00822917d07deb9d78aa337bdc2ca"
     "3a4a050d8debb6c1283cb90e6991429887311f72b95bf3b18d1c5cd68f65f8ed934d9e516e2a8503613fc4dc2e786c36"
     "d77ea2d5dff75c26dced572298f27de39459c55c6bec73295f20cf1c6e876b345c6fbb2ff23adf52d9d4ece53877a2bd"
     "6e7cf3a4eae08b1b3ce8dc0468614e119ffb7547f1a765d9d9b5d9d8624ecf3b836dce490c8a36a6a60e689c0bdcbdf7"
     "74eb60fc552bc3e27fc9abeb2c905ddb",
     false}, // The message is not hashed.
    {CRYPTO_RSA_PKCS1, "313233343030",
     "7553fa477296a68ef8423d82af68103581e3a1681deeb91ad5e8f167d3bbeea5de1867969a44a6501b4e447f82be2868"
     "7706e2fca1862b5dd1e0fb91b146f8e9c4a0a9f2f5ddf4da77bbacba56fa219a9eddd7dc234db9f75773218d1317ef5e"
     "4e52ce2eef80f870d39b59fa3c1bf28f67e4df9ba4e1d12d198904a0cda309b3cf2abe2d765fe366bd75652661ec8307"
     "72102aeb5adf84680457fcb56a8d271604a24090a1f301b00ed67332a721b40e873c8dd3ce9206712ecf39e475a007d5"
     "9c9cba314f7dcdd75b094da28789893da64628c8ff0d5c892b7e39d5c7655ef911d0dc39d7af59a55e5ada631b1cf3e6"
     "353e0f4a555e4558dc4b9a3c8baac281",
     false}, // using PKCS#1 encryption padding: 0002ff...00<hash>
    {CRYPTO_RSA_PKCS1, "313233343030",
     "3ca3dec31913ad3cc2f3bb5b9ebd5d1e4bf137df6e5ae55fc5220c2b6ff150c8e0fdd6e4a07dd955f67e65546550c6a9"
     "fb89b7edff36dd8dec900aa6ff41e691f42000cf1e49acef9f491edd5a3bed1fccc3a36d48c0615679e6f166d3fb957d"
     "04e5a8198dc1d6d9df9605bdb827c7d29fbe40f80ad44fcc63cf9f93a7038941065e9a000450a769c4f3daedfd5c16bd"
     "79e4b9311f4e8e75a36c7a4b6044ab219f42feff6ec4c06aac0df4ea9152b47834c344c3d7c6e9fbb234d0cbc0b40721"
     "11b55bfe4187599400ac34c1a24861ffcc556c21a7e5b93160f46c0fbd0616dfe6b244dc68693081a59047e11b80438c"
     "3517031754ef72e4ea9fa3fc86ae1bfd",
     false}, // PKCS#1 padding too short: 000001ff...
    {CRYPTO_RSA_PKCS1, "313233343030",
     "ba0d3d34d59915be6351725300fff4617210fa767b6c48522900ce2e2c8f88b3f855bc9de7609603f2f405a81d3d6c1b"
     "8ac05a79fd278bb9c6af6dc90a6323c5d77c0562cded072bb63e9ce533d9ca497479ecf7d75e6b6a4d4a86418909b865"
     "21c5d6c7d5d634352d2ed6b15b16873f26b918e31b81e9363ad0ab373e7ac982e6aa3eccaa4cb6dbc1a807b73082dfac"
     "6a5d7b2abbb0a8d3f12f3c8aac976fe66b44350a2b7a8840f53bcd1fe76d9a0bdec6c6eacfc2081b58c3e818f2e40bb8"
     "d07b360c5fce83ece59267d39141c87807fdbee5b4ed5fc86e51111a57020211a593e4d91a6dd0ebde6317ebc12f52f4"
     "05415527e7df07ba8af42ecbefc41d7d",
     false},                                       // the signature is not reduced
    {CRYPTO_RSA_PKCS1, "313233343030", "", false}, // the signature is empty
    {CRYPTO_RSA_PKCS1, "313233343030",
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
     "00000000000000000000000000000000",
     false}, // the signature has value 0
    {CRYPTO_RSA_PKCS1, "313233343030",
     "5e91b5dcbf02d6f19621d41a83dc8f15ea83c0edb83765ef029b0acac2e1ec8918b1d2afe1fadf11c48d27594cb9c01f"
     "ed79d90e5d5a8085c438450111aa7d9fa39c2345b14fc3c2cb34128f86db5eb00bdf8dfe38d61f29a41fe31342e7aaef"
     "cb4b122eb5d63c2f5c263c8df8450e9428ffef974d535818d51dc03a7d60c8b2d16c999ae46d73ab40515fe601d9b89b"
     "1d09c6d60cd51639a97c1d211e097609ba5e8c319c6fbd21b34a634ec8fb8971c5aae21c70b847a4539cc10dc314ddd8"
     "a9629e8a0e51c66c0cb61fd1f7228c01c6769190abe9bac9a3897800050014358594e0fb20dbb458b12aa1346826cc9f"
     "7e9c5352b073d62853dafe77c848cb1f",
     false}, // RSASSA-PSS signature
};

struct key {
    struct bytes modulus;
    struct bytes exponent;
    struct crypto_rsa_public public;
};

static const struct crypto_rsa_public *load(struct key *key, const char *n, const char *e)
{
    key->public.modulus = hex(&key->modulus, n);
    key->public.exponent = hex(&key->exponent, e);
    return &key->public;
}

static struct span digest_of(struct span message, uint8_t digest[CRYPTO_HASH_MAX])
{
    assert_true(crypto_hash_parts(CRYPTO_SHA256, &message, 1, digest));
    return span_of(digest, crypto_hash_length(CRYPTO_SHA256));
}

static void test_verdicts_are_those_of_wycheproof(void **state)
{
    (void)state;
    struct key key;
    load(&key, modulus, exponent);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct bytes message;
        struct bytes signature;
        uint8_t digest[CRYPTO_HASH_MAX];
        const struct span hashed = digest_of(hex(&message, vectors[i].message), digest);
        assert_int_equal(crypto_rsa_verify(&key.public, vectors[i].padding, CRYPTO_SHA256, SALT, hashed,
                                           hex(&signature, vectors[i].signature)),
                         vectors[i].valid);
    }
}

// The first case is a good one under PSS; everything around it is wrong in turn.
static void test_wrong_arguments_are_refused(void **state)
{
    (void)state;
    struct key key;
    struct bytes message;
    struct bytes signature;
    uint8_t digest[CRYPTO_HASH_MAX] = {0};
    load(&key, modulus, exponent);
    const struct crypto_rsa_public *public = &key.public;
    const struct span hashed = digest_of(hex(&message, vectors[0].message), digest);
    hex(&signature, vectors[0].signature);
    const enum crypto_rsa_padding unknown = (enum crypto_rsa_padding)(CRYPTO_RSA_PSS + 1);
    const struct span shorter = span_first(signature.s, signature.s.n - 1);
    assert_true(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, SALT, hashed, signature.s));
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PKCS1, CRYPTO_SHA256, SALT, hashed, signature.s));
    assert_false(crypto_rsa_verify(public, unknown, CRYPTO_SHA256, SALT, hashed, signature.s));
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, SALT - 1, hashed, signature.s));
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, 0, hashed, signature.s));
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, 256, hashed, signature.s));
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, SIZE_MAX, hashed, signature.s));
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, SIZE_MAX - 1, hashed, signature.s));
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA384, SALT, hashed, signature.s));
    assert_false(
        crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA384, SALT, span_of(digest, 48), signature.s));
    assert_false(
        crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, SALT, span_of(digest, 31), signature.s));
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, SALT, hashed, shorter));
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, SALT, hashed, span_of(NULL, 0)));
    digest[0] ^= 1;
    assert_false(crypto_rsa_verify(public, CRYPTO_RSA_PSS, CRYPTO_SHA256, SALT, hashed, signature.s));
}

// ISO 9796-2 scheme 1 with SHA-1, 1024 bits; the vector is from the test suite of Bouncy Castle.
static const char iso_9796_2_modulus[] =
    "CDCBDABBF93BE8E8294E32B055256BBD0397735189BF75816341BB0D488D05D627991221DF7D59835C76A4BB4808ADEE"
    "B779E7794504E956ADC2A661B46904CDC71337DD29DDDD454124EF79CFDD7BC2C21952573CEFBA485CC38C6BD2428809"
    "B5A31A898A6B5648CAA4ED678D9743B589134B7187478996300EDBA16271A861";
static const char iso_9796_2_signature[] =
    "482e20d1edded34359c38f5e7c01203f9d6b2641cdca5c404d49adaede034c7481d781d043722587761c90468de69c65"
    "85a1e8b9c322f90e1b580eedab3f6007d0c366cf92b4db8b41c8314929dce2be889c0129123484d2fd3d12763d2ebfd1"
    "2ac8e51d7061afca1a53dedec7b9a617472a78c952ccc72467ae008e5f132994";
static const char iso_9796_2_m1[] =
    "539bb29260e7bc226c8798b01af2caaadc3675e26065e1e3856615894d5baef7d97634278d6dd609cf9091b68b248cc2"
    "f817ccc2e98ad7efa3b730ee97afc20ad5c00e24f8a49b89cdb05613b5ce2094cc21c9afb84a23c771be5ca500e8fb5d"
    "75f40d93cab6ee019569";

// What comes out is 6A, the recoverable part, the hash of both parts of the message, and BC.
static void test_recovered_message_is_that_of_iso_9796_2(void **state)
{
    (void)state;
    struct key key;
    struct bytes signature;
    struct bytes m1;
    uint8_t recovered[128];
    uint8_t digest[CRYPTO_HASH_MAX];
    load(&key, iso_9796_2_modulus, "010001");
    assert_true(crypto_rsa_recover(&key.public, hex(&signature, iso_9796_2_signature), recovered));
    const struct span parts[] = {hex(&m1, iso_9796_2_m1), span_of("\0\0\0\0\0\0\0\0", 8)};
    assert_true(crypto_hash_parts(CRYPTO_SHA1, parts, 2, digest));
    assert_int_equal(recovered[0], 0x6a);
    assert_memory_equal(recovered + 1, m1.b, m1.s.n);
    assert_memory_equal(recovered + 1 + m1.s.n, digest, 20);
    assert_int_equal(recovered[127], 0xbc);
}

static void test_recovery_keeps_leading_zeros(void **state)
{
    (void)state;
    struct key key;
    uint8_t two[128] = {0};
    load(&key, iso_9796_2_modulus, "03");
    two[127] = 2;
    assert_true(crypto_rsa_recover(&key.public, span_of(two, sizeof two), two));
    assert_wiped(two, 127);
    assert_int_equal(two[127], 8);
}

static void assert_recovery_refused(const struct crypto_rsa_public *key, struct span signature)
{
    uint8_t recovered[1100];
    memset(recovered, 0xff, sizeof recovered);
    assert_false(crypto_rsa_recover(key, signature, recovered));
    assert_wiped(recovered, key->modulus.n);
    assert_int_equal(recovered[key->modulus.n], 0xff);
}

static void test_signature_not_below_the_modulus_is_refused(void **state)
{
    (void)state;
    struct key key;
    struct bytes signature;
    load(&key, iso_9796_2_modulus, "010001");
    assert_recovery_refused(&key.public, key.public.modulus);
    hex(&signature, iso_9796_2_modulus);
    signature.b[127]++;
    assert_recovery_refused(&key.public, signature.s);
    hex(&signature, iso_9796_2_signature);
    assert_recovery_refused(&key.public, span_first(signature.s, 127));
    signature.b[128] = 0;
    assert_recovery_refused(&key.public, span_of(signature.b, 129));
}

static void test_keys_out_of_range_are_refused(void **state)
{
    (void)state;
    struct key key;
    uint8_t one[1100] = {0};
    static const char *const exponents[] = {"", "00", "01", "02", "010000", "00010001", "010000000000000001"};
    for (size_t i = 0; i < sizeof exponents / sizeof exponents[0]; i++) {
        load(&key, iso_9796_2_modulus, exponents[i]);
        assert_recovery_refused(&key.public, span_of(one, 128));
    }
    load(&key, iso_9796_2_modulus, "010001");
    key.modulus.b[127] ^= 1; // even
    assert_recovery_refused(&key.public, span_of(one, 128));
    load(&key, iso_9796_2_modulus, "010001");
    key.modulus.b[0] &= 0x7f; // 1023 bits
    assert_recovery_refused(&key.public, span_of(one, 128));
    key.modulus.b[0] = 0;
    assert_recovery_refused(&key.public, span_of(one, 128));
    key.public.modulus.n = 0;
    assert_recovery_refused(&key.public, span_of(one, 0));
    memset(key.modulus.b, 0xff, sizeof key.modulus.b); // 8200 bits
    key.public.modulus.n = 1025;
    assert_recovery_refused(&key.public, span_of(one, 1025));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_verdicts_are_those_of_wycheproof),
        cmocka_unit_test(test_wrong_arguments_are_refused),
        cmocka_unit_test(test_recovered_message_is_that_of_iso_9796_2),
        cmocka_unit_test(test_recovery_keeps_leading_zeros),
        cmocka_unit_test(test_signature_not_below_the_modulus_is_refused),
        cmocka_unit_test(test_keys_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
