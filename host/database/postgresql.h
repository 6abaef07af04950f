// The inside of the provider for PostgreSQL: a connection, and what is done on it.
// SPDX-License-Identifier: Apache-2.0
#ifndef JUMIN_HOST_DATABASE_POSTGRESQL_H
#define JUMIN_HOST_DATABASE_POSTGRESQL_H

#include "host/database/provider.h"

#include <libpq-fe.h>

enum { PREPARED = 64 }; // statements that the server keeps for a connection

// What the server has prepared: a statement with values of these types, named by its place.
struct prepared {
    char *sql; // NULL: the place is free
    Oid types[DATABASE_VALUES_MAX];
    size_t count;
};

struct connection {
    PGconn *handle;
    struct prepared prepared[PREPARED];
};

// The main message alone: the server's details show whole rows, and messages on data (class 22) the value.
enum jumin_error postgresql_failure(struct database *database, const PGresult *result);

// As struct database_provider has them.
enum jumin_error postgresql_query(struct database *database, const char *sql,
                                  const struct database_value *values, size_t count,
                                  struct database_rows *rows);
bool postgresql_next(struct database_rows *rows);
int postgresql_column_count(const struct database_rows *rows);
struct database_value postgresql_column(const struct database_rows *rows, int column);
void postgresql_end(struct database_rows *rows);

#endif
