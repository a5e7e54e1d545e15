// The scripts of every page. The site's build makes one classic script of this and of all that it imports
// (tools/site/bundle.py): a page that was opened as a file may load one, but no module.
import "./scheme.js";
import "./listings.js";
import "./search.js";
import "./progress.js";
import "./steps.js";
import "./served.js";
import "./replay.js";
import "./questions.js";
import "./change.js";
import "./offer.js";
import "./present.js";
import "./print.js";
