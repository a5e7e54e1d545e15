// Before the first paint: the chosen scheme, and that scripts run. A file of its own, for
// ./workbook serve lets no script run that stands in a page.
document.documentElement.classList.add("js");
try {
  document.documentElement.dataset.scheme = localStorage.getItem("workbook-scheme") || "";
} catch {
  /* then the scheme is the system's */
}
