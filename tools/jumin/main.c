// jumin: the one command-line program, a table of commands.
// SPDX-License-Identifier: Apache-2.0
#include "tools/jumin/card_command.h"
#include "tools/jumin/cli.h"
#include "tools/jumin/cli_help.h"
#include "tools/jumin/credential_command.h"
#include "tools/jumin/eac_command.h"
#include "tools/jumin/eid_command.h"
#include "tools/jumin/key_command.h"
#include "tools/jumin/mobile_pki_command.h"
#include "tools/jumin/photo_command.h"
#include "tools/jumin/pin_command.h"
#include "tools/jumin/pin_office.h"
#include "tools/jumin/pki_ceremony_command.h"
#include "tools/jumin/pki_command.h"
#include "tools/jumin/policy_command.h"
#include "tools/jumin/profile_command.h"
#include "tools/jumin/reader_command.h"
#include "tools/jumin/records.h"
#include "tools/jumin/registry_command.h"
#include "tools/jumin/serve_command.h"
#include "tools/jumin/sim_command.h"
#include "tools/jumin/station_command.h"
#include "tools/jumin/verify_command.h"
#include "tools/jumin/wallet_command.h"

#include <jansson.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct cli_command *const cli_commands[] = {
    &readers_command,
    &pki_init_command,
    &pki_ceremony_begin_command,
    &pki_ceremony_reshare_command,
    &pki_ceremony_activate_command,
    &pki_ceremony_verify_command,
    &pki_ds_rotate_command,
    &pki_ds_list_command,
    &pki_crl_issue_command,
    &pki_cvca_issue_command,
    &pki_cvca_renew_command,
    &pki_cvca_show_command,
    &pki_dv_issue_command,
    &pki_dv_renew_command,
    &pki_dv_request_command,
    &pki_dv_show_command,
    &pki_terminal_issue_command,
    &pki_terminal_renew_command,
    &pki_terminal_request_command,
    &pki_terminal_show_command,
    &pki_sector_issue_command,
    &pki_iaca_init_command,
    &pki_iaca_renew_command,
    &pki_iaca_show_command,
    &pki_iaca_revoke_command,
    &pki_iaca_trust_list_command,
    &pki_venue_issue_command,
    &pki_venue_show_command,
    &pki_venue_revoke_command,
    &station_apply_command,
    &station_approve_command,
    &station_produce_command,
    &station_batch_command,
    &station_handover_command,
    &station_spoil_command,
    &station_cancel_command,
    &station_refund_command,
    &station_report_loss_command,
    &station_restore_command,
    &station_give_back_command,
    &station_offer_command,
    &station_credential_command,
    &station_revoke_command,
    &station_reissue_command,
    &station_status_command,
    &station_day_report_command,
    &station_erase_command,
    &station_audit_command,
    &station_stock_receive_command,
    &station_stock_show_command,
    &station_stock_spoil_command,
    &station_stock_destroy_command,
    &station_stock_count_command,
    &station_audit_head_command,
    &station_officer_command,
    &station_officer_list_command,
    &station_officer_disable_command,
    &station_officer_passphrase_command,
    &station_specimen_command,
    &station_issue_command,
    &station_key_show_command,
    &station_key_protect_command,
    &station_photo_command,
    &station_profile_list_command,
    &station_profile_show_command,
    &station_policy_show_command,
    &station_policy_check_command,
    &registry_add_command,
    &registry_show_command,
    &registry_head_command,
    &registry_proof_command,
    &registry_verify_command,
    &registry_fetch_command,
    &registry_audit_command,
    &registry_did_command,
    &registry_chain_deploy_command,
    &registry_chain_look_command,
    &card_info_command,
    &card_read_command,
    &card_verify_command,
    &card_age_command,
    &card_eid_command,
    &card_bind_command,
    &pin_status_command,
    &pin_change_command,
    &pin_resume_command,
    &pin_unblock_command,
    &pin_activate_command,
    &pin_deactivate_command,
    &wallet_init_command,
    &wallet_trust_command,
    &wallet_add_command,
    &wallet_tap_command,
    &wallet_refresh_command,
    &wallet_list_command,
    &wallet_show_command,
    &wallet_present_command,
    &wallet_history_command,
    &wallet_remove_command,
    &wallet_show_request_command,
    &wallet_respond_command,
    &wallet_counter_code_command,
    &serve_command,
    &verify_command,
    &verify_serve_command,
    &verify_request_command,
    &apdu_command,
    &sim_feed_command,
    &sim_command,
    &manual_command,
    &completion_command,
};
const size_t cli_command_count = sizeof cli_commands / sizeof *cli_commands;

// What a list or an answer in JSON holds, people and PINs, does not stay in memory that is given back.
static void wipe_and_free(void *memory)
{
    if (memory != NULL) {
        explicit_bzero(memory, malloc_usable_size(memory));
    }
    free(memory);
}

// An answer that was not written is none, whatever the command has done.
static enum cli_exit close_answer(enum cli_exit result)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0) {
        return result;
    }
    (void)fprintf(stderr, "jumin: standard output cannot be written\n");
    return result == CLI_OK ? CLI_FAILED : result;
}

int main(int argc, char **argv)
{
    json_set_alloc_funcs(malloc, wipe_and_free);
    return (int)close_answer(cli_main(argc, argv));
}
