// Erasing from flash what a command has replaced or removed, before the command is answered.
// SPDX-License-Identifier: Apache-2.0
//
// The store appends, so an old key stays readable in flash until its page is used again. A command that
// replaces or removes secrets says so within its transaction; when that is committed, all that is stale is
// erased. If the power is cut in between, the next power-on does it.
#ifndef JUMIN_CARD_CORE_ERASURE_H
#define JUMIN_CARD_CORE_ERASURE_H

#include "card/nvm/store.h"

// Within the transaction that replaces or removes something. Works also in a full store.
enum store_status erasure_mark(struct store *store);
// Commits the transaction, then erases what it has marked.
enum store_status erasure_commit(struct store *store);
// Erases what a former power-on has left marked. Outside of a transaction; harmless when nothing is.
enum store_status erasure_finish(struct store *store);

// The factory's part: nothing is marked. Within its transaction.
enum store_status erasure_write_initial(struct store *store);

#endif
