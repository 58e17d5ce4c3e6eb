"""Messages for tests: one that is right in everything, to be changed; and a writer, so that what is written can be read again."""

import base64
from xml.sax.saxutils import escape

from linli.kit.cap import Alert, Area, Info, Named, Reference, Resource

WARNING = """<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>44088141600000_20260501080000_1</identifier>
  <sender>meteo@lianjiang.example</sender>
  <sent>2026-05-01T08:00:00+08:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <language>zh-CN</language>
    <category>Met</category>
    <event>暴雨</event>
    <responseType>Avoid</responseType>
    <urgency>Expected</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <effective>2026-05-01T08:00:00+08:00</effective>
    <onset>2026-05-01T10:00:00+08:00</onset>
    <expires>2026-05-01T20:00:00+08:00</expires>
    <headline>廉江市气象台发布暴雨橙色预警</headline>
    <web>https://www.example.org/warning?id=1</web>
    <resource>
      <resourceDesc>雷达图</resourceDesc>
      <mimeType>image/png</mimeType>
      <size>1000</size>
      <uri>radar.png</uri>
      <digest>da39a3ee5e6b4b0d3255bfef95601890afd80709</digest>
    </resource>
    <area>
      <areaDesc>廉江市石城镇</areaDesc>
      <polygon>21.5,110.2 21.6,110.2 21.6,110.3 21.5,110.2</polygon>
      <circle>21.61,110.29 5</circle>
      <geocode><valueName>GB/T 2260</valueName><value>440881</value></geocode>
      <altitude>10</altitude>
      <ceiling>500</ceiling>
    </area>
  </info>
</alert>
"""


def changed(*pairs: tuple[str, str]) -> bytes:
    """The warning with each first replaced by its second; what is not there cannot be replaced."""
    whole = WARNING
    for old, new in pairs:
        assert old in whole, old
        whole = whole.replace(old, new)
    return whole.encode()


def feed_of(*messages: bytes) -> bytes:
    """An Atom feed that carries the messages."""
    inside = "".join(
        f'<entry><title>t</title><content type="text/xml">{one.decode().partition("?>")[2]}</content></entry>'
        for one in messages
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><id>a</id>{inside}</feed>'.encode()


# --- the writer -------------------------------------------------------------------------------------------------------


def written(alert: Alert) -> bytes:
    """The alert as CAP 1.2; every field that has something."""
    parts = [
        _element("identifier", alert.identifier),
        _element("sender", alert.sender),
        _element("sent", alert.sent_at.isoformat()),
        _element("status", alert.status),
        _element("msgType", alert.message_type),
        _element("source", alert.source),
        _element("scope", alert.scope),
        _element("restriction", alert.restriction),
        _element("addresses", _quoted(alert.addresses)),
        *(_element("code", one) for one in alert.codes),
        _element("note", alert.note),
        _element("references", " ".join(_reference(one) for one in alert.references)),
        _element("incidents", _quoted(alert.incidents)),
        *(_info(one) for one in alert.infos),
    ]
    return f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{"".join(parts)}</alert>'.encode()


def _element(name: str, words: str) -> str:
    return f"<{name}>{escape(words)}</{name}>" if words else ""


def _quoted(words: tuple[str, ...]) -> str:
    return " ".join(f'"{one}"' if " " in one else one for one in words)


def _reference(one: Reference) -> str:
    return f"{one.sender},{one.identifier},{one.sent_at.isoformat()}"


def _named(element: str, one: Named) -> str:
    return f"<{element}>{_element('valueName', one.name)}{_element('value', one.value)}</{element}>"


def _info(info: Info) -> str:
    moments = {"effective": info.effective_at, "onset": info.onset_at, "expires": info.expires_at}
    parts = [
        _element("language", info.language),
        *(_element("category", one) for one in info.categories),
        _element("event", info.event),
        *(_element("responseType", one) for one in info.response_types),
        _element("urgency", info.urgency),
        _element("severity", info.severity),
        _element("certainty", info.certainty),
        _element("audience", info.audience),
        *(_named("eventCode", one) for one in info.event_codes),
        *(_element(name, at.isoformat()) for name, at in moments.items() if at),
        _element("senderName", info.sender_name),
        _element("headline", info.headline),
        _element("description", info.description),
        _element("instruction", info.instruction),
        _element("web", info.web),
        _element("contact", info.contact),
        *(_named("parameter", one) for one in info.parameters),
        *(_resource(one) for one in info.resources),
        *(_area(one) for one in info.areas),
    ]
    return f"<info>{''.join(parts)}</info>"


def _resource(one: Resource) -> str:
    parts = [
        _element("resourceDesc", one.description),
        _element("mimeType", one.mime_type),
        _element("size", "" if one.size is None else str(one.size)),
        _element("uri", one.uri),
        _element("derefUri", one.content),
        _element("digest", one.digest),
    ]
    return f"<resource>{''.join(parts)}</resource>"


def _area(area: Area) -> str:
    parts = [
        _element("areaDesc", area.description),
        *(_element("polygon", " ".join(_pair(point) for point in ring)) for ring in area.polygons),
        *(_element("circle", f"{_pair(one.center)} {one.radius_km:f}") for one in area.circles),
        *(_named("geocode", one) for one in area.geocodes),
        _element("altitude", "" if area.altitude_ft is None else f"{area.altitude_ft:f}"),
        _element("ceiling", "" if area.ceiling_ft is None else f"{area.ceiling_ft:f}"),
    ]
    return f"<area>{''.join(parts)}</area>"


def _pair(point: tuple[float, float]) -> str:
    return f"{point[1]:.6f},{point[0]:.6f}"


def packed(content: bytes) -> str:
    """As `derefUri` has it."""
    return base64.b64encode(content).decode()
