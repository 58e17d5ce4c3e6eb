"""Every address of the house, what stands in it, and who may open it: the table that the sweeps walk through."""

#: Every address by its name, and which of the things stand in it. A new one needs its line here.
NEEDS: dict[str, dict[str, str]] = {
    "status": {"number": "number"},
    "status_photo": {"number": "number", "sha256": "sha256"},
    "status_thumb": {"number": "number", "sha256": "sha256"},
    "status_film": {"number": "number", "sha256": "sha256"},
    "photo": {"sha256": "sha256"},
    "thumb": {"sha256": "sha256"},
    "film": {"sha256": "sha256"},
    "events:delete_view": {"pk": "view"},
    "events:show": {"pk": "event"},
    "events:contact": {"pk": "event"},
    "events:slip": {"pk": "event"},
    "events:say": {"pk": "event"},
    "events:take_back": {"pk": "event", "message": "message"},
    "events:people": {"pk": "event"},
    "events:write_to_reporter": {"pk": "event"},
    "events:ask_reveal": {"pk": "event"},
    "events:answer_reveal": {"pk": "event", "reveal": "reveal"},
    "events:shield": {"pk": "event"},
    "public_photo": {"sha256": "sha256"},
    "events:original": {"pk": "event", "picture": "picture"},
    "events:release": {"pk": "event", "picture": "picture"},
    "events:release_draft": {"pk": "event", "picture": "picture", "sha256": "sha256"},
    "events:draw": {"pk": "draw"},
    "events:draw_population": {"pk": "draw"},
    "events:joint": {"pk": "event"},
    "events:part_act": {"pk": "event", "part": "part", "step": "=drop_part"},
    "events:act": {"pk": "event", "step": "=classify"},
    "area": {"code": "code"},
    "area_outline": {"code": "code"},
    "area_redraw": {"code": "code"},
    "area_act": {"code": "code", "name": "=rename"},
    "area_uncover": {"code": "code", "settlement": "code"},
    "appointment_leave": {"pk": "appointment"},
    "appointment_end": {"pk": "appointment"},
    "place_close": {"pk": "place"},
    "category": {"pk": "category"},
    "category_edit": {"pk": "category"},
    "category_close": {"pk": "category"},
    "pack_use": {"pk": "pack"},
    "pack_file": {"pk": "pack"},
    **{name: {"pk": "duty"} for name in ("duty", "duty_edit", "duty_remove")},
    **{
        f"duty_{name}": {"pk": "duty_list"}
        for name in ("table", "add", "use", "take_back", "discard", "draft", "follow")
    },
    "intake:retake": {"pk": "kept"},
    "intake:settle": {"pk": "kept"},
    "intake:sign_out_device": {"pk": "device"},
    "intake:revoke_device": {"pk": "device"},
    **{f"webhooks:{name}": {"pk": "subscription"} for name in ("show", "edit", "test", "all_again")},
    **{f"webhooks:{name}": {"pk": "pusher"} for name in ("pusher", "pusher_edit")},
    "webhooks:again": {"pk": "subscription", "delivery": "delivery"},
    "webhooks:act": {"pk": "subscription", "name": "=pause"},
    "webhooks:pusher_act": {"pk": "pusher", "name": "=pause"},
    **{f"notices:{name}": {"pk": "channel"} for name in ("rules", "confirm", "test", "remove")},
    "notices:again": {"pk": "notice"},
    "bulk:run": {"pk": "run"},
    "bulk:look": {"pk": "run"},
    "bulk:begin": {"pk": "run"},
    "bulk:cancel": {"pk": "run"},
    "bulk:refused": {"pk": "run"},
    "statistics:area": {"code": "code"},
    "statistics:rows": {"code": "code"},
    "statistics:rows_csv": {"code": "code"},
    "open311:discovery": {"suffix": "=json"},
    "open311:services": {"suffix": "=json"},
    "open311:service": {"code": "=C01", "suffix": "=json"},
    "open311:requests": {"suffix": "=json"},
    "open311:request": {"number": "number", "suffix": "=json"},
    "open311:token": {"number": "number", "suffix": "=json"},
    "open311:updates": {"suffix": "=json"},
    "open311:nothing_here": {"rest": "=nothing.json"},
}
NEEDS_NOTHING = {
    *("home", "report", "report_areas", "report_villages", "receipt", "look_up", "healthz", "live"),
    *("sign_in", "sign_out", "language", "notices", "desk", "map", "my_appointments"),
    *("events:new", "events:questions", "events:known", "events:save_view", "events:map_areas", "events:map_events"),
    *("intake:index", "intake:devices", "intake:all_devices"),
    *("areas", "categories", "category_add", "packs", "pack_load", "statistics:mine", "open311:root"),
    *(f"notices:{name}" for name in ("read", "unread", "settings", "add", "browser", "quiet", "robots", "log")),
    *("duties", "duty_matrix", "duty_overruled", "duty_versions", "duty_compare", "duty_bring", "duty_template"),
    *("webhooks:index", "webhooks:add", "webhooks:pusher_add"),
    *("events:call", "events:order", "events:find_areas", "events:supervised", "events:reinspections", "bulk:index"),
}
#: Open data: the number, place and course of public matters, for everybody; never their words.
OPEN_DATA = {"open311:requests", "open311:request", "open311:updates"}
NAMES = sorted(NEEDS_NOTHING | set(NEEDS))
#: Open to everybody. All others ask to sign in, and photos are not there.
PUBLIC = {
    *("home", "report", "report_areas", "report_villages", "receipt", "look_up", "status", "status_photo"),
    *("status_thumb", "status_film", "public_photo"),
    *("sign_in", "sign_out", "language", "healthz", "live"),
    *OPEN_DATA,
    *("open311:root", "open311:discovery", "open311:services", "open311:service", "open311:token"),
    "open311:nothing_here",
}
#: Files: without a sign-in they are not there.
HIDDEN = {"photo", "thumb", "film"}
#: Queries that make an address answer with a page.
QUERY = {
    "statistics:rows": "?figure=open",
    "statistics:rows_csv": "?figure=open",
    **dict.fromkeys(OPEN_DATA, "?extensions=true"),
}
