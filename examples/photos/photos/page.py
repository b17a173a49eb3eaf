"""The one page for people. No script and no inline style, so that the strictest content security policy fits."""

from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from photos.images import NEWEST, ImageView
from photos.services import Connected

router = APIRouter(include_in_schema=False)

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Photos</title>
<h1>Photos</h1>
<form method="post" action="/api/v1/images" enctype="multipart/form-data">
  <input type="file" name="file" accept="image/jpeg,image/png" required>
  <button>Upload</button>
</form>
{figures}
<p>Version {version}</p>
"""


@router.get("/")
async def page(services: Connected) -> HTMLResponse:
    views = [ImageView.of(image) for image in await services.database.newest(NEWEST)]
    figures = "\n".join(
        f'<figure><img src="{view.url}" height="200" loading="lazy" alt="">'
        f"<figcaption>{escape(view.filename)}</figcaption></figure>"
        for view in views
    )
    return HTMLResponse(PAGE.format(figures=figures, version=escape(services.settings.app_version)))
