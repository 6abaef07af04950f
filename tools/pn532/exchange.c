// ISO-DEP between chip and card.
// SPDX-License-Identifier: Apache-2.0
#include "tools/pn532/exchange.h"

enum { CARRIER_KHZ = 13560 };

static struct writer block_writer(struct exchange *exchange)
{
    return writer_of(exchange->out.bytes, sizeof exchange->out.bytes);
}

// What the block protocol says is done next.
static void step(struct exchange *exchange, enum iso_dep_step step, const struct writer *block)
{
    switch (step) {
    case ISO_DEP_SEND:
        exchange->out.n = block->n;
        exchange->out.last_bits = 0;
        exchange->out.crc = true;
        exchange->waiting = false;
        exchange->state = EXCHANGE_RUNNING;
        return;
    case ISO_DEP_COMPLETE:
        (void)iso_dep_received(&exchange->dep, &exchange->rest);
        exchange->state = EXCHANGE_DONE;
        break;
    case ISO_DEP_PRESENT:
    case ISO_DEP_DESELECTED:
        exchange->state = EXCHANGE_DONE;
        break;
    default:
        exchange->state = exchange->heard ? EXCHANGE_PROTOCOL : EXCHANGE_TIMEOUT;
        break;
    }
    if (!exchange->wanted) {
        exchange->rest = span_of(NULL, 0);
        exchange->state = EXCHANGE_IDLE;
    }
}

void exchange_open(struct exchange *exchange, enum picc_type type, const struct iso_dep_link *link)
{
    iso_dep_pcd_start(&exchange->dep, link);
    exchange->state = EXCHANGE_IDLE;
    exchange->rest = span_of(NULL, 0);
    exchange->type = type;
    exchange->dri = exchange->dsi = 0;
}

static void begin(struct exchange *exchange)
{
    exchange->wanted = true;
    exchange->heard = false;
    exchange->rest = span_of(NULL, 0);
}

void exchange_command(struct exchange *exchange, struct span command)
{
    struct writer block = block_writer(exchange);
    begin(exchange);
    const struct span copy = span_of(exchange->command, command.n);
    memcpy(exchange->command, command.p, command.n);
    step(exchange,
         iso_dep_pcd_command(&exchange->dep, copy, exchange->response, sizeof exchange->response, &block),
         &block);
}

void exchange_presence(struct exchange *exchange)
{
    struct writer block = block_writer(exchange);
    begin(exchange);
    step(exchange, iso_dep_pcd_presence(&exchange->dep, &block), &block);
}

void exchange_deselect(struct exchange *exchange)
{
    struct writer block = block_writer(exchange);
    begin(exchange);
    step(exchange, iso_dep_pcd_deselect(&exchange->dep, &block), &block);
}

void exchange_abandon(struct exchange *exchange)
{
    exchange->wanted = false;
    exchange->rest = span_of(NULL, 0);
    if (exchange->state != EXCHANGE_RUNNING) {
        exchange->state = EXCHANGE_IDLE;
    }
}

// The block's waiting time, rounded up.
static int64_t waiting_time_ms(const struct exchange *exchange)
{
    return (iso_dep_pcd_wait(&exchange->dep) + CARRIER_KHZ - 1) / CARRIER_KHZ;
}

static enum picc_reply talk(struct exchange *exchange, struct picc *picc, int64_t now, struct rf_frame *reply)
{
    if (exchange->waiting) {
        return picc_listen(picc, reply);
    }
    exchange->waiting = true;
    exchange->deadline = now + waiting_time_ms(exchange);
    return picc_hear(picc, exchange->type, exchange->dri, exchange->dsi, &exchange->out, reply);
}

void exchange_run(struct exchange *exchange, struct picc *picc, int64_t now)
{
    while (exchange->state == EXCHANGE_RUNNING) {
        struct rf_frame reply;
        const enum picc_reply replied = talk(exchange, picc, now, &reply);
        if (replied == PICC_BUSY && now < exchange->deadline) {
            return;
        }
        struct writer block = block_writer(exchange);
        exchange->heard = replied == PICC_ANSWERS;
        if (replied == PICC_ANSWERS && reply.crc) {
            step(exchange, iso_dep_pcd_receive(&exchange->dep, span_of(reply.bytes, reply.n), &block),
                 &block);
        } else {
            step(exchange, iso_dep_pcd_nothing(&exchange->dep, &block), &block);
        }
    }
}
