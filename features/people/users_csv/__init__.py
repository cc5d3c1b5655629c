"""Users from a CSV file: looked at line by line before anything is written; then all, or the good ones.

The first line names the columns, in any order and any case:

    phone        needed; several in one cell are set apart by `;`, `|` or `/`; the first is called first
    first_name, last_name, language, notes
    device       several are set apart by `;` or `|`
    cancel_pin, duress_pin
    address, contact, dangerous, children, medical, court_order, safe_word, reach
                 of the record: `store.registry.users.records_text`

Commas, semicolons or tabs; UTF-8, UTF-16 or, as spreadsheets write it, Windows-1252. A person who is known by
one of the numbers is changed: what the file says replaces what was there, numbers and devices are added to;
columns that are not in the file stay as they are. Every fault is told with its line and column.

`sheet` reads rows of bytes, `lines` persons of rows, `comparing` says what of it is new; `importing` writes.
"""
