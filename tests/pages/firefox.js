// Firefox, over WebDriver BiDi, which Debian's own can.
import { launch } from "puppeteer-core";

export const launchFirefox = () =>
  launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX ?? "/usr/bin/firefox-esr",
    protocolTimeout: 120_000,
  });
