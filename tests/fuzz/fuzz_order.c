// Orders that were kept for the process that goes on with them: what is accepted is saved as it came, and has
// no PIN.
// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz.h"

#include "host/perso/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t saved[ORDER_SAVED_MAX];
    struct jumin_order *order = NULL;
    struct writer w = writer_of(saved, sizeof saved);
    require(jumin_order_new(&order) == JUMIN_OK);
    const bool resumed = order_resume(order, span_of(bytes, n)) == JUMIN_OK;
    require(jumin_order_is_on_card(order) == resumed);
    if (resumed) {
        require(strlen(order->can) == ORDER_CAN && order->pin[0] == '\0' && order->puk[0] == '\0');
        require(n > sizeof saved ||
                (order_save(order, &w) && span_equal(writer_span(&w), span_of(bytes, n))));
    } else {
        require(order->com.p == NULL && order->eid_groups[1].p == NULL);
    }
    jumin_order_free(order);
    return 0;
}
