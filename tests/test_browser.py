"""The browser tests stand on: what a person would call broken must fail a test."""

import pytest
from playwright.sync_api import Page

from tests.browser import Watch

BLANK = "data:text/html,<!doctype html><title>x</title>"


@pytest.mark.parametrize(
    ("script", "noticed"),
    [
        ("setTimeout(() => { throw new Error('broken') })", "script error: broken"),
        ("console.error('bad')", "console: bad"),
        ("fetch('http://192.0.2.1/x').catch(() => {})", "request to another host: http://192.0.2.1/x"),
    ],
)
def test_trouble_on_a_page_is_noticed(page: Page, watch: Watch, script: str, noticed: str) -> None:
    page.goto(BLANK)
    page.evaluate(script)
    page.wait_for_timeout(50)
    found, watch.problems = watch.problems, []
    assert noticed in found


def test_a_missing_file_is_noticed(page: Page, live_server: object, watch: Watch) -> None:
    page.goto(f"{live_server}/static/vendor/maplibre-gl.css")
    page.evaluate(
        """() => new Promise(done => {
            const image = new Image();
            image.onerror = done;
            image.src = "/static/none.png";
        })"""
    )
    found, watch.problems = watch.problems, []
    assert found == [f"404 for {live_server}/static/none.png"]


def test_the_shipped_map_draws(page: Page, live_server: object) -> None:
    page.goto(f"{live_server}/static/vendor/maplibre-gl.css")
    page.add_script_tag(url="/static/vendor/maplibre-gl-csp.js")
    colour = page.evaluate(
        """() => new Promise((done, failed) => {
            const ground = document.createElement("div");
            ground.style.cssText = "width:200px;height:200px";
            document.body.append(ground);
            maplibregl.setWorkerUrl("/static/vendor/maplibre-gl-csp-worker.js");
            const style = {version: 8, sources: {}, layers: [
                {id: "ground", type: "background", paint: {"background-color": "#ff0000"}}]};
            const canvasContextAttributes = {preserveDrawingBuffer: true};
            const map = new maplibregl.Map({container: ground, style, canvasContextAttributes});
            map.on("error", error => failed(error.error));
            map.once("idle", () => {
                const canvas = map.getCanvas(), gl = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
                const pixel = new Uint8Array(4);
                gl.readPixels(50, 50, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
                done([...pixel]);
            });
        })"""
    )
    assert colour == [255, 0, 0, 255]
