# The life of a mobile card, for tools/demo: by tap to a phone, shown in person and over the network, lost, found, on
# another phone; and by one-time QR to another person. Sourced there, whose functions and names it uses.
# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: Apache-2.0
issuer=http://127.0.0.1:8080
bank=http://127.0.0.1:8081
holders_pin=271593

serving() {
    curl --silent --fail --output /dev/null --retry 100 --retry-delay 1 --retry-max-time 30 --retry-connrefused "$1/health" ||
        die "nobody answers at $1"
}

# A file stands for the phone. on PHONE SUBCOMMAND…: `jumin wallet` there; not_on: for what is not to succeed.
on() {
    local phone=$1 subcommand=$2
    shift 2
    show jumin wallet "$subcommand" --wallet "$demo/$phone" "$@"
}
not_on() {
    local phone=$1 subcommand=$2
    shift 2
    refused jumin wallet "$subcommand" --wallet "$demo/$phone" "$@"
}

take_into_use() {
    on "$1" init
    on "$1" trust "$JUMIN_HOME/mobile/trust-list.jwt" --root "$JUMIN_HOME/mobile/iaca.crt"
}

# With the card on the first reader.
tap_with() {
    on "$1" tap $issuer --allow-http --reader 'jumin 0' --pin-file "$demo/pin"
}

# comes_to PHONE STATE: until the status lists, published every second, tell the phone so.
comes_to() {
    local left
    for left in {60..0}; do
        if jumin wallet refresh --wallet "$demo/$1" --allow-http 2>&1 | grep -q "  $2  "; then
            on "$1" list
            return
        fi
        sleep 0.25
    done
    die "the wallet was not told in time that its credential is $2 ($left left)"
}

# lay_down PHONE ARGUMENT…: on the store's reader, until it has shown something.
lay_down() {
    local phone=$1
    shift
    start jumin wallet present --wallet "$demo/$phone" --reader "$JUMIN_READER_1" --approve adult --allow-http "$@"
}

# store_asks show|refused ARGUMENT…: whether it gets an answer or none that counts.
store_asks() {
    local as=$1
    shift
    "$as" jumin verify --purpose adult --venue store --reader 'jumin 1' --cache "$demo/store" --allow-http "$@"
}

# Issuer, store and bank, and what each has before a phone comes.
open_for_phones() {
    say "the issuer's keys for phones; a store may ask whether somebody is adult, a bank who somebody is"
    show jumin pki iaca init
    show jumin pki venue issue store --purpose adult --title 'Corner Store'
    show jumin pki venue issue bank --purpose identity --title 'First Bank'
    show jumin pki iaca trust-list
    jumin pki terminal issue phones --right issuer >/dev/null
    mkdir "$demo/store" "$demo/bank"
    head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$demo/bank/secret"
    start jumin serve --listen "${issuer#http://}" --base-url $issuer --terminal phones --status-period 1
    servers=("$started")
    start jumin verify serve --listen "${bank#http://}" --base-url $bank --venue bank --secret "$demo/bank/secret" \
        --cache "$demo/bank" --allow-http
    servers+=("$started")
    serving $issuer
    serving $bank
}

show_in_person() {
    say "a store asks, by NFC: is the holder adult? Who it is, it does not learn, and may not ask"
    lay_down phone
    store_asks show
    wait "$started"
    refused jumin verify --purpose identity --venue store --reader 'jumin 1' --wait 1
}

show_to_the_bank() {
    local asks
    say "a bank asks over the network who the holder is; the phone scans the code on the bank's page"
    start jumin verify request --server $bank --secret "$demo/bank/secret" --purpose identity --png "$demo/bank.png" --wait --allow-http
    asks=$started
    until [ -s "$demo/bank.png" ]; do
        kill -0 "$asks" 2>/dev/null || die "the bank does not ask"
        sleep 0.1
    done
    on phone show-request --image "$demo/bank.png" --allow-http
    on phone respond --image "$demo/bank.png" --approve identity --allow-http
    wait "$asks"
}

# lose_and_find NUMBER
lose_and_find() {
    say "the phone is lost: after one report it shows nothing, and a copy of it that stays offline is refused"
    cp "$demo/phone" "$demo/stolen-phone"
    as kim report-loss "$1" --phone
    comes_to phone locked
    lay_down phone --once
    store_asks refused
    wait "$started" || true
    lay_down stolen-phone --offline --once
    store_asks refused --status-accept 1 # wants the newest list
    wait "$started" || true
    say "found again, and unlocked for who says at the counter who he is"
    as kim restore "$1" --phone --proof counter
    comes_to phone usable
}

get_another_phone() {
    say "another phone, at home: a tap with the card, and the phone before is dead"
    take_into_use new-phone
    tap_with new-phone
    comes_to phone revoked
    lay_down new-phone
    store_asks show
    wait "$started"
}

# come_by_qr PERSON PHOTO: somebody who holds a resident card of plastic.
come_by_qr() {
    local code
    say "another person, without an IC card: a one-time QR at the counter, with a code on the receipt"
    as kim offer --person "$1" --photo "$2" --holds-card --base-url $issuer --proof counter --png "$demo/offer.png" |
        tee "$demo/offered"
    code=$(sed -n 's/^Code on the receipt: //p' "$demo/offered")
    take_into_use second-phone
    on second-phone add --image "$demo/offer.png" --tx-code "$code" --allow-http
    say "whoever has photographed the code comes too late"
    not_on new-phone add --image "$demo/offer.png" --tx-code "$code" --allow-http
    say "a counter without a radio takes a code that lives for a minute, and takes it once"
    on second-phone counter-code --png "$demo/adult.png" --yes --allow-http
    show jumin verify --image "$demo/adult.png" --cache "$demo/store" --allow-http
    refused jumin verify --image "$demo/adult.png" --cache "$demo/store" --allow-http
}

# live_with_a_phone NUMBER TRANSPORT-PIN PERSON PHOTO: of the card on the first reader; and of who comes next.
live_with_a_phone() {
    local servers
    printf '%s\n' $holders_pin >"$demo/pin"
    open_for_phones
    say "the holder opens the PIN letter, gives the card a PIN of his own, and taps it with his phone"
    show jumin card pin change --reader 'jumin 0' --pin "$2" --new-pin $holders_pin
    take_into_use phone
    tap_with phone
    show_in_person
    show_to_the_bank
    lose_and_find "$1"
    get_another_phone
    come_by_qr "$3" "$4"
    on phone history
    kill "${servers[@]}"
    wait "${servers[@]}"
}
