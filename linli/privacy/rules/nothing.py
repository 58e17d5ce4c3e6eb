"""The other columns: what could hold something of a person by its type, and does not. Written as in `register`."""

#: Columns of words or bytes that hold nothing of a person: the ground, tables of the house, figures, counters, digests.
NOTHING_OF_PERSONS = """
kit.CalendarDay: name note
kit.OfficeHours: hours
areas.HomeNumbering: widths levels
areas.Area: code name level national_code
areas.Boundary: geometry source source_crs repaired
areas.Place: name lon lat
people.Department: code name name_en
journal.ChainHead: chain digest
journal.Entry: chain verb on_kind digest
journal.Verification: course breaks
events.CalendarEdit: before after reason
events.Pack: code version name name_en source
events.Category: code name name_en icon gb_code emergency_call questions
events.NumberSeries: township month
events.Event: number source_crs external_source
events.DutyList: name source
events.Duty: basis hours
events.Picture: media_type
events.Voice: media_type
events.AwaitedPicture: media_type refusal
events.DrawPlan: secret commitment
events.Draw: population frozen commitment secret seed
events.ReporterMessage: office
events.IndexedUpTo: chain
statistics.Counted: area department took
statistics.Cell: kind area facet
statistics.Took: kind area facet interval hours
statistics.MapCell: month area
statistics.Follower: place edition walked_to compared_to
statistics.Difference: kind area facet day column
statistics.OfficialSeries: indicator unit source figure
statistics.OfficialValue: note
notices.Follower: place
notices.Letter: topic facts
notices.Delivery: why
desk.BulkRun: step
desk.BulkRow: refusal
desk.Macro: name lines
desk.ReadyText: step title words words_en
opinions.Opinion: app
briefing.Schedule: language office
briefing.Briefing: language office content pdf_sha256 docx_sha256 failure
briefing.PaperTemplate: sha256
mediation.Body: name name_en court_name prefix
mediation.NumberSeries: holder
mediation.Agreement: file_type
mediation.Signature: file_type
mediation.Proof: file_type
mediation.Confirmation: court
mediation.CallBackDraw: population frozen seed
mediation.CountedDispute: area kind items took
mediation.LedgerCell: grain area kind
mediation.LedgerHours: grain area stretch hours
mediation.LedgerFollower: place edition compared_to
mediation.IssuedPaper: file_type what
mediation.Evidence: file_type
mediation.EntrustmentLetter: file_type
mediation.Recording: file_type
mediation.TermRule: source
mediation.Clock: source
intake.ApiKey: name sha256 old_sha256
intake.Sending: digest
intake.Kept: kind area digest reason
intake.PhoneAct: reason
intake.Upload: media_type reason
intake.ImportRun: file_name map_name map_text source reasons notes problem claimed_by
intake.MailApart: mailbox area reason
intake.Subscription: sealed_secret sealed_old_secret name address groups
intake.Delivery: verb on_key number
intake.Pusher: sealed_secret sealed_old_secret name title mapping
intake.Arrival: message_id code
field.Likely: counts
chores.Chore: name
sessions.Session: session_key
accounts.Passkey: host
accounts.Link: issuer
chores.Resealing: place key_id after
exports.Export: kind path title sealed_key stored_as file_name file_type
holds.Hold: on_key
privacy.Term: code source
privacy.PersonRequest: language refused_for
privacy.Sheet: words
"""
