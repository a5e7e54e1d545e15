// What uchardet makes of pages that declare no charset. Its versions in Debian 12 and 13 agree on
// all these texts.
#include "../../../lessons/11-http-requests/detected_charset.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "../../../lessons/11-http-requests/page_title.hpp"

namespace {

const std::string sushi =
    "<title>\x8e\xf5\x8ei</title><p>\x82\xa8\x82\xa2\x82\xb5\x82\xa2\x82\xb2\x82\xcd"
    "\x82\xf1\x82\xcc\x82\xc2\x82\xad\x82\xe8\x82\xa9\x82\xbd";
const std::string borscht =
    "<title>\xe2\xcf\xd2\xdd</title><p>\xf3\xd7\xa3\xcb\xcc\xc1, \xcb\xc1\xd0\xd5\xd3\xd4\xc1 "
    "\xc9 \xd3\xcd\xc5\xd4\xc1\xce\xc1.";
const std::string gratin =
    "<title>\x93Gratin \xe0 la cr\xe8me\x94</title><p>Pr\xeat quand il est dor\xe9.";

std::string title_of(const std::string& type, const std::string& page) {
  Response response;
  response.status = 200;
  if (!type.empty()) response.headers["content-type"] = type;
  response.body = page;
  return page_title(response, detected_charset);
}

}  // namespace

TEST_SUITE_BEGIN("11-http-requests");

TEST_CASE("uchardet names the charset of a text") {
  CHECK(guessed_charset(sushi) == "shift_jis");
  CHECK(guessed_charset(borscht) == "koi8-r");
  CHECK(guessed_charset("<p>Épluchez les pommes de terre à l’économe, puis découpez-les.") ==
        "utf-8");
  CHECK(guessed_charset(gratin) == "windows-1252");
  CHECK(guessed_charset("<p>Gratin \xe0 la cr\xe8me") == "iso-8859-1");
  CHECK(guessed_charset("<title>Soup</title>") == "ascii");
}

TEST_CASE("uchardet has no name for bytes that are like no text") {
  CHECK(guessed_charset("").empty());
  CHECK(guessed_charset(std::string_view()).empty());
  CHECK(guessed_charset("a\x81z").empty());
}

TEST_CASE("a title whose charset is not declared is decoded as uchardet says") {
  CHECK(title_of("", sushi) == "寿司");
  CHECK(title_of("text/html", borscht) == "Борщ");
  CHECK(title_of("", gratin) == "“Gratin à la crème”");
}

TEST_CASE("a declared charset counts, whatever uchardet would say") {
  REQUIRE(guessed_charset(borscht) == "koi8-r");
  CHECK(title_of("text/html; charset=windows-1251", borscht) == "вПТЭ");
  CHECK(title_of("", "<meta charset=windows-1251>" + borscht) == "вПТЭ");
}

TEST_CASE("a declared charset that is unknown or does not fit is replaced by the detected one") {
  CHECK(title_of("text/html; charset=nonsense", borscht) == "Борщ");
  CHECK(title_of("text/html; charset=utf-8", sushi) == "寿司");
}

TEST_CASE("a title in UTF-8 is never taken for anything else") {
  // One accent is too little for uchardet.
  CHECK(guessed_charset("<title>Crème</title>") == "iso-8859-1");
  CHECK(title_of("", "<title>Crème</title>") == "Crème");
  CHECK(title_of("", "<title>Crème</title>" + sushi) == "Crème");
  CHECK(title_of("", "<title>Soup</title>" + sushi) == "Soup");
  CHECK(title_of("", "<title>Soup</title>") == "Soup");
  CHECK(title_of("", "") == "Missing");
}

TEST_CASE("with too little text uchardet guesses wrong") {
  CHECK(title_of("", "<title>\x8e\xf5\x8ei</title>\n") == "ŽõŽi");
}

TEST_CASE("only the beginning of a long page is looked at") {
  const std::string beginning = "<title>\xe2\xcf\xd2\xdd</title>" + std::string(65536, ' ');
  REQUIRE(guessed_charset(beginning + borscht) == "koi8-r");
  CHECK(title_of("", beginning + borscht) == title_of("", beginning));
  CHECK(title_of("", beginning) != "Борщ");
}

TEST_CASE("a title is in an unknown charset if uchardet has no guess, or a wrong one") {
  const std::string no_text(65536, '\x81');
  REQUIRE(guessed_charset(no_text).empty());
  CHECK(title_of("", no_text + "<title>\xe2\xcf\xd2\xdd</title>") == "in an unknown charset");
  // 81 has no meaning in Windows-1252, the guess for this one.
  CHECK(title_of("", "<title>a\x81z</title>") == "in an unknown charset");
}

TEST_SUITE_END();
