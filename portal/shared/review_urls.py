"""The addresses of business reviews below /m/ and /p/, each with the rights of its side."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.shared import review_pages
from portal.shared.plan_urls import VIEWED, WORKED
from prm.web.surfaces import View, page

REVIEW = "reviews/<uuid:review_id>/"


def review_paths(surface: str) -> list[URLPattern]:
    def seen(view: View) -> View:
        return page(VIEWED[surface])(view)

    def worked(view: View) -> View:
        return page(WORKED[surface])(view)

    shared = [
        path("reviews/", seen(review_pages.reviews), name="reviews"),
        path(REVIEW, seen(review_pages.review), name="review"),
        path(f"{REVIEW}review.pdf", seen(review_pages.review_file), name="review_pdf"),
        path(f"{REVIEW}actions/new/", worked(review_pages.action_new), name="review_action"),
    ]
    if surface == "partner":
        return [*shared, path(f"{REVIEW}answer/", worked(review_pages.answer), name="review_answer")]
    return [
        path("reviews/new/", worked(review_pages.start), name="review_new"),
        *shared,
        path(f"{REVIEW}texts/", worked(review_pages.write), name="review_write"),
        path(f"{REVIEW}step/<slug:verb>/", worked(review_pages.step), name="review_step"),
    ]
