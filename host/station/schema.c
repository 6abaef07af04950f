// The tables of the station, step by step: a step that has been released is never changed.
// SPDX-License-Identifier: Apache-2.0
#include "host/issuer/status_store.h"
#include "host/station/station_internal.h"
#include <jumin/credential.h>

// States by number (enum jumin_application_state); times in seconds since 1970. What is {bytes} of an
// application is sealed, but for `holder`, which is a keyed hash of the registration number.
static const char first[] =
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value {bytes} NOT NULL);"
    "CREATE TABLE counter (name TEXT PRIMARY KEY, value BIGINT NOT NULL);"
    "INSERT INTO counter (name, value) VALUES ('application', 0), ('document', 0);"
    "CREATE TABLE officer (name TEXT PRIMARY KEY, roles BIGINT NOT NULL, salt {bytes} NOT NULL,"
    " verifier {bytes} NOT NULL, failures BIGINT NOT NULL, refused_until BIGINT NOT NULL);"
    "CREATE TABLE audit_head (id BIGINT PRIMARY KEY CHECK (id = 1), number BIGINT NOT NULL, hash {bytes} NOT "
    "NULL);"
    "CREATE TABLE audit (number BIGINT PRIMARY KEY, at BIGINT NOT NULL, officer TEXT NOT NULL,"
    " action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, hash {bytes} NOT NULL,"
    " signature {bytes} NOT NULL);"
    "CREATE TABLE application (number TEXT PRIMARY KEY, state BIGINT NOT NULL, holder {bytes} NOT NULL,"
    " person {bytes}, photo {bytes}, profile TEXT NOT NULL, won_paid BIGINT NOT NULL, document_number TEXT "
    "UNIQUE, can {bytes},"
    " applied_at BIGINT NOT NULL, changed_at BIGINT NOT NULL, applied_by TEXT NOT NULL REFERENCES officer "
    "(name),"
    " approved_by TEXT REFERENCES officer (name), produced_by TEXT REFERENCES officer (name));"
    // One card a person: CANCELLED, REFUNDED and LOST leave room for another one.
    "CREATE UNIQUE INDEX application_of_holder ON application (holder) WHERE state NOT IN (7, 8, 9);"
    "CREATE INDEX application_by_state ON application (state, number);";

// While a card is being written: who writes it, known by a random claim, and the order that is on the card,
// or about to be, sealed. A card's number is its serial number in hexadecimal digits; states by number (enum
// jumin_card_state); without a delivery it came before any was received.
static const char journal_and_stock[] =
    "CREATE TABLE journal (application TEXT PRIMARY KEY REFERENCES application (number),"
    " officer TEXT NOT NULL REFERENCES officer (name), claim {bytes} NOT NULL, at BIGINT NOT NULL,"
    " card TEXT, kept {bytes});"
    "CREATE TABLE card (serial TEXT PRIMARY KEY, delivery TEXT, state BIGINT NOT NULL,"
    " application TEXT REFERENCES application (number), changed_at BIGINT NOT NULL);"
    "CREATE INDEX card_by_delivery ON card (delivery, state);"
    "CREATE INDEX card_of_application ON card (application);";

_Static_assert(JUMIN_CANCELLED == 7 && JUMIN_REFUNDED == 8 && JUMIN_LOST == 9, "the numbers in the index");

// Fees are rows; `ended_at` is when the holder got the card, or it was cancelled, from which on personal data
// is to be erased. `kind`: 0 taken, 1 paid back. What was paid before has its row from application and trail;
// who had paid nothing had the first card.
static const char counter[] =
    "ALTER TABLE application ADD COLUMN holds_card BIGINT NOT NULL DEFAULT 1;"
    "ALTER TABLE application ADD COLUMN first_issue BIGINT NOT NULL DEFAULT 0;"
    "ALTER TABLE application ADD COLUMN expires_on TEXT;"
    "ALTER TABLE application ADD COLUMN ended_at BIGINT;"
    "UPDATE application SET holds_card = 0, first_issue = 1 WHERE won_paid = 0;"
    "UPDATE application SET ended_at = (SELECT MIN(audit.at) FROM audit WHERE audit.subject = "
    "application.number AND audit.action IN ('hand-over', 'cancel')) WHERE state IN (5, 7, 8, 9);"
    "CREATE TABLE payment (id {identity}, application TEXT NOT NULL REFERENCES application (number),"
    " at BIGINT NOT NULL, officer TEXT NOT NULL REFERENCES officer (name), won BIGINT NOT NULL CHECK (won > "
    "0), kind BIGINT NOT NULL CHECK (kind IN (0, 1)));"
    "INSERT INTO payment (application, at, officer, won, kind) SELECT number, applied_at, applied_by, "
    "won_paid, 0 FROM application WHERE won_paid > 0;"
    "INSERT INTO payment (application, at, officer, won, kind) SELECT application.number, audit.at, "
    "audit.officer, won_paid, 1 FROM application JOIN audit ON audit.subject = application.number"
    " WHERE audit.action = 'refund' AND won_paid > 0;"
    "ALTER TABLE application DROP COLUMN won_paid;"
    "CREATE INDEX payment_of_application ON payment (application);"
    "CREATE UNIQUE INDEX payment_back ON payment (application) WHERE kind = 1;"
    "CREATE INDEX payment_by_time ON payment (at);"
    "CREATE INDEX audit_by_time ON audit (at);"
    // One card a person: what has ended leaves room for another one.
    "DROP INDEX application_of_holder;"
    "CREATE UNIQUE INDEX application_of_holder ON application (holder) WHERE state NOT IN (7, 8, 9, 10, 11);"
    "CREATE INDEX application_of_any_holder ON application (holder, number);"
    "CREATE INDEX application_to_erase ON application (ended_at) WHERE person IS NOT NULL;"
    "CREATE INDEX application_to_expire ON application (expires_on) WHERE state = 5;";

_Static_assert(JUMIN_HANDED_OVER == 5 && JUMIN_EXPIRED == 10 && JUMIN_GIVEN_BACK == 11 &&
                   JUMIN_APPLICATION_STATES == 12,
               "the numbers in the indexes");

// A mobile credential from its offer to its end; states by number (enum jumin_credential_state). What is
// {bytes} of a credential and of a deferral is sealed, but for `holder`, `device` (a thumbprint); other
// {bytes} are SHA-256 of what a client knows, or, for the code on a receipt, a keyed hash. `lost`: 1 the
// card, 2 the phone. `chip_key` is the SHA-256 of the key that the card's EF.ChipSecurity certifies. A
// token's `kind`: 0 access, 1 refresh. `copies` is what the status lists know the copies of this edition by.
static const char mobile[] =
    "ALTER TABLE application ADD COLUMN chip_key {bytes};"
    "ALTER TABLE application ADD COLUMN binding BIGINT NOT NULL DEFAULT 0;"
    "CREATE UNIQUE INDEX application_of_chip ON application (chip_key);"
    "INSERT INTO counter (name, value) VALUES ('credential', 0), ('copies', 0);"
    "CREATE TABLE credential (number TEXT PRIMARY KEY, application TEXT REFERENCES application (number),"
    " holder {bytes} NOT NULL, state BIGINT NOT NULL, lost BIGINT NOT NULL DEFAULT 0, edition BIGINT NOT NULL"
    " DEFAULT 1, copies BIGINT NOT NULL, device {bytes}, person {bytes}, portrait {bytes}, offered_at BIGINT "
    "NOT NULL, offered_by TEXT NOT"
    " NULL, changed_at BIGINT NOT NULL, issued_on TEXT, expires_on TEXT);"
    // One phone a person: VALID and SUSPENDED; and one offer that is open.
    "CREATE UNIQUE INDEX credential_of_holder ON credential (holder) WHERE state IN (1, 2);"
    "CREATE UNIQUE INDEX credential_offered ON credential (holder) WHERE state = 0;"
    "CREATE INDEX credential_of_any_holder ON credential (holder, number);"
    "CREATE INDEX credential_of_application ON credential (application, number);"
    "CREATE INDEX credential_to_expire ON credential (expires_on) WHERE state IN (1, 2);"
    "CREATE TABLE offer (credential TEXT PRIMARY KEY REFERENCES credential (number), reference {bytes} NOT "
    "NULL"
    " UNIQUE, code {bytes} NOT NULL UNIQUE, tx_code {bytes}, device {bytes}, failures BIGINT NOT NULL "
    "DEFAULT 0,"
    " expires_at BIGINT NOT NULL, redeemed_at BIGINT);"
    "CREATE INDEX offer_to_expire ON offer (expires_at);"
    "CREATE TABLE token (hash {bytes} PRIMARY KEY, credential TEXT NOT NULL REFERENCES credential (number), "
    "kind"
    " BIGINT NOT NULL, expires_at BIGINT NOT NULL);"
    "CREATE INDEX token_of_credential ON token (credential);"
    "CREATE INDEX token_to_expire ON token (expires_at);"
    "CREATE TABLE proof (id {bytes} PRIMARY KEY, expires_at BIGINT NOT NULL);"
    "CREATE INDEX proof_to_expire ON proof (expires_at);"
    "CREATE TABLE binding (session {bytes} PRIMARY KEY, application TEXT NOT NULL REFERENCES application"
    " (number), device {bytes} NOT NULL, counter BIGINT NOT NULL, expires_at BIGINT NOT NULL);"
    "CREATE INDEX binding_to_expire ON binding (expires_at);"
    "CREATE TABLE notification (id {bytes} PRIMARY KEY, credential TEXT NOT NULL REFERENCES credential "
    "(number),"
    " event TEXT, at BIGINT NOT NULL);"
    "CREATE INDEX notification_of_credential ON notification (credential);"
    "CREATE TABLE deferral (id {bytes} PRIMARY KEY, credential TEXT NOT NULL REFERENCES credential (number),"
    " request {bytes} NOT NULL, expires_at BIGINT NOT NULL);"
    "CREATE INDEX deferral_to_expire ON deferral (expires_at);";

// How many copies a credential has fetched on the day it fetched last; since when a deferred request is being
// answered; notifications that are deleted by their time.
static const char daily[] = "ALTER TABLE credential ADD COLUMN delivered_on TEXT;"
                            "ALTER TABLE credential ADD COLUMN delivered BIGINT NOT NULL DEFAULT 0;"
                            "ALTER TABLE deferral ADD COLUMN taken_at BIGINT;"
                            "CREATE INDEX notification_to_delete ON notification (at);";

_Static_assert(JUMIN_CREDENTIAL_OFFERED == 0 && JUMIN_CREDENTIAL_VALID == 1 &&
                   JUMIN_CREDENTIAL_SUSPENDED == 2 && JUMIN_CREDENTIAL_STATES == 5,
               "the numbers in the indexes");

// Whether a phone that a card has bound was given the portrait: once.
static const char binding_portrait[] = "ALTER TABLE binding ADD COLUMN portrait BIGINT NOT NULL DEFAULT 0;";

// What a provider has said of the device key that a card has bound (struct credential_attested), for as long
// as the credential that comes of it.
static const char attested[] = "ALTER TABLE binding ADD COLUMN key_storage BIGINT;"
                               "ALTER TABLE binding ADD COLUMN user_authentication BIGINT;"
                               "ALTER TABLE credential ADD COLUMN key_storage BIGINT;"
                               "ALTER TABLE credential ADD COLUMN user_authentication BIGINT;";

const struct database_migration station_schema[] = {{"first", first},
                                                    {"journal and stock", journal_and_stock},
                                                    {"counter", counter},
                                                    {"mobile credential", mobile},
                                                    {"status lists", status_store_tables},
                                                    {"portrait of a binding", binding_portrait},
                                                    {"status history", status_store_history},
                                                    {"copies a day", daily},
                                                    {"attested device keys", attested}};
const size_t station_schema_count = sizeof station_schema / sizeof station_schema[0];
