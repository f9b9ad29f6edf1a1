/* Everything here listens on the document, so that parts swapped in by htmx work without being initialised. */
import "./dialogs.js";
import "./menus.js";
import "./toasts.js";
import "./preferences.js";
import "./forms.js";
import "./select.js";
import "./finder.js";
import "./charts.js";
import "./tables.js";
