#!/usr/bin/env bash
# Prints instructions a byte as a firmware has counted them, and compares them with the budget.
# report.sh FIGURES [--write]
set -euo pipefail
here=$(dirname "$0")
budget=$here/budget.txt
architecture=$here/../../docs/ARCHITECTURE.md

compiler=$(/usr/bin/rustc --version)
if [ "${2:-}" = --write ]; then
    {
        echo "# Instructions a byte, in hundredths. Counted with $compiler."
        cat "$1"
    } >"$budget"
fi
grep -qF "$compiler." "$budget" || echo "note: this is $compiler; the budget was counted with another compiler"

# A table for each part, from figures like `part/way/…/column 1234`, with rows and columns as they come first.
tables() {
    awk '
        function row(name) { if (!(name in rows)) { rows[name] = ++height; names[height] = name } }
        function column(name) { if (!(name in columns)) { columns[name] = ++width; heads[width] = name } }
        function flush_table(   i, j, line) {
            if (!height) return
            line = "| "  part; for (j = 1; j <= width; j++) line = line " | " heads[j]; print line " |"
            line = "|---"; for (j = 1; j <= width; j++) line = line "|---"; print line "|"
            for (i = 1; i <= height; i++) {
                line = "| " names[i]; for (j = 1; j <= width; j++) line = line " | " figures[names[i], heads[j]]
                print line " |"
            }
            split("", rows); split("", columns); split("", figures); height = width = 0
        }
        /^#/ { next }
        {
            count = split($1, piece, "/")
            if (piece[1] != part) { if (part != "") { flush_table(); print "" } part = piece[1] }
            if (part == "ppp") { r = piece[2] " " piece[3] ", " piece[4] " bytes"; c = piece[5] }
            else if (part == "cmux") { r = piece[2] ", " piece[3]; c = piece[4] }
            else { r = piece[2]; c = piece[3] }
            gsub(/-/, " ", r); gsub(/-/, " ", c); sub(/^n1/, "N1", r); sub(/, n1/, ", N1", r); sub(/accm/, "ACCM", c)
            row(r); column(c); figures[r, c] = sprintf("%.1f", $2 / 100)
        }
        END { flush_table() }' "$1"
}

# What docs/ARCHITECTURE.md shows is the budget.
shown=$(awk '$0 == "<!-- cycles -->" { inside = !inside; next } inside' "$architecture")
if [ "${2:-}" = --write ]; then
    tables "$budget" >"$budget.tables"
    awk -v tables="$budget.tables" '
        $0 == "<!-- cycles -->" { print; inside = !inside; if (inside) while ((getline line <tables) > 0) print line; next }
        !inside' "$architecture" >"$budget.page"
    cat "$budget.page" >"$architecture"
    rm "$budget.tables" "$budget.page"
elif [ "$shown" != "$(tables "$budget")" ]; then
    echo "docs/ARCHITECTURE.md shows other figures than $budget: ./ci.sh cycles --write" >&2
    exit 1
fi

tables "$1"
# The goals: 30 a byte for PPP where packets are not small and not all escapes, 15 for the multiplexer with N1 of
# 127 and more, 100 for what a modem reads from a socket.
awk '
    /^#/ { next }
    NR == FNR { budget[$1] = $2; next }
    {
        goal = 0
        if ($1 ~ /^ppp/ && $1 ~ /(random|text)\/(576|1500)/) goal = 3000
        if ($1 ~ /^cmux/ && $1 !~ /n1-31/) goal = 1500
        if ($1 ~ /^at\/[a-z]*\//) goal = 10000
        if (goal && $2 > goal) printf "beyond the goal of %d: %s %.2f\n", goal / 100, $1, $2 / 100
        if (!($1 in budget)) over = over "  " $1 " has no budget\n"
        else if ($2 > budget[$1] * 1.03) over = over sprintf("  %s: %.2f, budget %.2f\n", $1, $2 / 100, budget[$1] / 100)
        counted++
    }
    END {
        if (!counted) { print "nothing was counted"; exit 1 }
        for (name in budget) total++
        if (counted != total) over = over sprintf("  %d figures, budget for %d\n", counted, total)
        if (over) {
            printf "more than 3 %% over the budget:\n%swhere that is right: ./ci.sh cycles --write\n", over
            exit 1
        }
    }' "$budget" "$1"
