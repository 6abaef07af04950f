// PKCS#11 modules, and the slot of a token (PKCS#11 v2.40 §5.4, §5.5).
// SPDX-License-Identifier: Apache-2.0
#include "host/token/session.h"

enum { SLOTS_MAX = 256 };

// A process may initialize a module once; whoever else in it uses the module does so through p11-kit, too,
// which counts. This is the only state that outlives a handle, and it is p11-kit's.
enum jumin_error token_module_load(const P11KitUri *uri, CK_FUNCTION_LIST **module, struct detail *detail)
{
    const char *path = p11_kit_uri_get_module_path(uri);
    *module = p11_kit_module_load(path, 0);
    if (*module == NULL) {
        const char *why = p11_kit_message();
        return detail_set(detail, JUMIN_ERROR_TOKEN, "the module %s cannot be loaded: %s", path,
                          why != NULL ? why : "no reason given");
    }
    const CK_RV rv = p11_kit_module_initialize(*module);
    if (rv != CKR_OK) {
        p11_kit_module_release(*module);
        *module = NULL;
        return detail_set(detail, JUMIN_ERROR_TOKEN, "the module %s does not start: %s", path,
                          p11_kit_strerror(rv));
    }
    return JUMIN_OK;
}

void token_module_release(CK_FUNCTION_LIST *module)
{
    if (module != NULL) {
        (void)p11_kit_module_finalize(module);
        p11_kit_module_release(module);
    }
}

enum jumin_error token_slot_find(CK_FUNCTION_LIST *module, P11KitUri *uri, CK_SLOT_ID *slot,
                                 CK_TOKEN_INFO *info, struct detail *detail)
{
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG count = 0, capacity = SLOTS_MAX;
    size_t found = 0;
    // Asked for the number first, a module looks at its slots anew.
    CK_RV rv = module->C_GetSlotList(CK_TRUE, NULL, &count);
    rv = rv == CKR_OK ? module->C_GetSlotList(CK_TRUE, slots, &capacity) : rv;
    if (rv != CKR_OK || capacity > SLOTS_MAX) {
        return detail_set(detail, JUMIN_ERROR_TOKEN, "the module does not list its tokens: %s",
                          p11_kit_strerror(rv));
    }
    for (CK_ULONG i = 0; i < capacity; i++) {
        CK_TOKEN_INFO candidate = {0};
        if (module->C_GetTokenInfo(slots[i], &candidate) == CKR_OK &&
            (candidate.flags & CKF_TOKEN_INITIALIZED) != 0 &&
            p11_kit_uri_match_token_info(uri, &candidate) == 1) {
            *slot = slots[i];
            *info = candidate;
            found++;
        }
    }
    if (found == 0) {
        return detail_set(detail, JUMIN_ERROR_TOKEN, "the token is not there");
    }
    return found == 1 ? JUMIN_OK
                      : detail_set(detail, JUMIN_ERROR_TOKEN,
                                   "%zu tokens fit: name one by its label or serial number", found);
}
