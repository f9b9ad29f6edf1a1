from django.urls import path

from .views import brand, gallery, pages, preferences

app_name = "web"

urlpatterns = [
    path("brand/<slug:slug>.css", brand.brand_css, name="brand"),
    path("brand/<slug:slug>.svg", brand.icon_svg, name="icon"),
    path("brand/<slug:slug>.webmanifest", brand.manifest, name="manifest"),
    path("preferences/theme/", preferences.theme, name="theme"),
    path("preferences/language/", preferences.language, name="language"),
    path("menu/", pages.menu, name="menu"),
    path("offline/", pages.offline, name="offline"),
    path("components/", gallery.gallery, name="gallery"),
]
