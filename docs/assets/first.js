// Before the first paint: the chosen scheme, and that scripts run. It is a separate file,
// because ./workbook serve lets no script run that is in a page.
document.documentElement.classList.add("js");
try {
  document.documentElement.dataset.scheme = localStorage.getItem("workbook-scheme") || "";
} catch {
  /* then the scheme is the system's */
}
