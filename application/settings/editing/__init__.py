"""`center.toml` changed by a program as a person would: comments, order and layout stay.

    from application.settings.editing.file import change
    from model.settings_edits import Add, Remove, Set

    change(file, [Set("psap.live", True), Set("modem[milano1].gain_in_db", 6, was=0)])
    change(file, [Add("modem", {"name": "milano2", "trunk": "public", "imei": "356938035643809"})])
    change(file, [Remove("modem", "milano2")])

All edits of one call are written, or none: the new text is checked by the very loader first. The web has
it as `web.settings_file.change(edits)`, which raises the same (`model.settings_edits`), and `refusing()` of
`gateways/http/routes/admin/refusing.py` answers what it raises. What is written counts after a restart.
"""
