#!/usr/bin/env bash
# Says which functions of the firmwares in DIRECTORY/TRIPLE/release can panic, and fails at one that panics.txt does not
# know. panics.sh DIRECTORY TRIPLE
#
# What the optimiser has proved to be unreachable is not in a firmware. What is in it is found by its calls: of anything
# in `core` that panics.
set -euo pipefail
directory=$1/$2/release
known=$(dirname "$0")/panics.txt
# Those with code of smoltcp are not among them.
firmwares="async_tcp_ublox async_tcp_sequans async_tcp_auto async_tls_ublox async_tls_sequans async_everything_ublox
    async_everything_sequans edge_tcp_ublox edge_tcp_sequans nb_tcp_ublox nb_tcp_sequans ppp_packets mux_channels"

# Lines "callee<tab>caller" for each call between two functions.
calls() {
    {
        nm -C "$1" | sed -n 's/^\([0-9a-f]*\) [tTwW] /\1\t/p'
        echo
        llvm-objdump -d --no-show-raw-insn "$1"
    } | awk '
        BEGIN { FS = "\t" }
        # Functions of Thumb have an odd address in the table.
        function place(hex) { hex = tolower(hex); sub(/^0x/, "", hex); sub(/^0+/, "", hex); return even(hex) }
        function even(hex,  last) {
            last = substr(hex, length(hex))
            if (index("13579bdf", last)) hex = substr(hex, 1, length(hex) - 1) substr("02468ace", index("13579bdf", last), 1)
            return hex
        }
        !listed && NF == 2 { if ($2 !~ /^\$/) name[place($1)] = $2; next }
        $0 == "" { listed = 1; next }
        /^[0-9a-f]+ <.*>:$/ { split($0, part, " "); if (place(part[1]) in name) caller = name[place(part[1])]; next }
        match($0, /0x[0-9a-f]+ </) {
            callee = place(substr($0, RSTART, RLENGTH - 2))
            if (callee in name && name[callee] != caller) print name[callee] "\t" caller
        }' | sort -u
}

failed=0
for firmware in $firmwares; do
    [ -f "$directory/$firmware" ] || { echo "$firmware is not built" >&2 && exit 1; }
    found=$(calls "$directory/$firmware" | awk -F '\t' '
        # A panic that calls another one is no news.
        $1 ~ /^core::.*(panic|_fail)/ && $2 !~ /^core::.*(panic|_fail)/ { print $2 ": " $1 }' |
        grep -vFf <(sed -n 's/^  //p' "$known") || true)
    if [ -z "$found" ]; then
        echo "$firmware: none but the known ones"
    else
        echo "$firmware can panic in:" && echo "$found" | sed 's/^/    /'
        failed=1
    fi
done
[ $failed -eq 0 ]
