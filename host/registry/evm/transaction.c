// Transactions.
// SPDX-License-Identifier: Apache-2.0
#include "host/registry/evm/transaction.h"

#include "host/registry/evm/keccak.h"
#include "host/registry/evm/rlp.h"

enum { TYPE_DYNAMIC_FEE = 2 };

static void put_target(struct writer *w, const struct evm_transaction *transaction)
{
    rlp_put_bytes(w, span_of(transaction->to, transaction->to != NULL ? EVM_ADDRESS : 0));
    rlp_put_number(w, transaction->value);
    rlp_put_bytes(w, transaction->data);
}

// What is signed, and what is sent before the signature.
static void put_fields(struct writer *w, const struct evm_transaction *transaction)
{
    if (transaction->dynamic_fee) { // EIP-1559
        rlp_put_number(w, transaction->chain_id);
        rlp_put_number(w, transaction->nonce);
        rlp_put_number(w, transaction->priority_fee);
        rlp_put_number(w, transaction->fee_most);
        rlp_put_number(w, transaction->gas);
        put_target(w, transaction);
        rlp_put_list(w, span_of(NULL, 0)); // access list
        return;
    }
    rlp_put_number(w, transaction->nonce);
    rlp_put_number(w, transaction->gas_price);
    rlp_put_number(w, transaction->gas);
    put_target(w, transaction);
}

static void put_whole(struct writer *out, const struct evm_transaction *transaction, struct span fields)
{
    if (transaction->dynamic_fee) {
        writer_put_u8(out, TYPE_DYNAMIC_FEE);
    }
    rlp_put_list(out, fields);
}

bool evm_transaction_sign(const struct evm_transaction *transaction, const struct evm_account *account,
                          const struct crypto_random *random, struct writer *scratch, struct writer *out)
{
    uint8_t digest[KECCAK_HASH], signature[EVM_SIGNATURE], recovery = 0;
    const size_t start = out->n;
    put_fields(scratch, transaction);
    const size_t unsigned_length = scratch->n;
    if (!transaction->dynamic_fee) { // EIP-155: the chain's number stands where the signature will be
        rlp_put_number(scratch, transaction->chain_id);
        rlp_put_number(scratch, 0);
        rlp_put_number(scratch, 0);
    }
    put_whole(out, transaction, writer_span(scratch));
    if (scratch->overflow || out->overflow) {
        return false;
    }
    keccak_256(span_from(writer_span(out), start), digest);
    if (!evm_account_sign(account, random, digest, signature, &recovery)) {
        return false;
    }
    out->n = start;
    scratch->n = unsigned_length;
    rlp_put_number(scratch, transaction->dynamic_fee ? recovery : transaction->chain_id * 2 + 35 + recovery);
    rlp_put_integer(scratch, span_of(signature, 32));
    rlp_put_integer(scratch, span_of(signature + 32, 32));
    put_whole(out, transaction, writer_span(scratch));
    return !scratch->overflow && !out->overflow;
}
