"""Edits of `center.toml` by a program that keep comments, order and layout, as a person would.

    from application.settings.editing.file import change
    from model.settings_edits import Add, Remove, Set

    change(file, [Set("psap.live", True), Set("modem[milano1].gain_in_db", 6, was=0)])
    change(file, [Add("modem", {"name": "milano2", "trunk": "public", "imei": "356938035643809"})])
    change(file, [Remove("modem", "milano2")])

All edits of one call are written, or none: the loader checks the new text first. The web calls
`web.settings_file.change(edits)`, which raises the same errors (`model.settings_edits`); `refusing()` of
`gateways/http/routes/admin/error_conversion.py` answers them. Changes take effect after a restart.
"""
