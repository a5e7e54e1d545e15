// Titles in any charset, and the list of links, as lesson 11 reads them.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "../../../lessons/11-http-requests/list.hpp"
#include "../../../lessons/11-http-requests/page_title.hpp"
#include "temporary_folder.hpp"

namespace {

std::string title_of(const std::string& type, const std::string& page, int status = 200) {
  Response response;
  response.status = status;
  if (!type.empty()) response.headers["content-type"] = type;
  response.body = page;
  return page_title(response);
}

std::string titled(const std::string& title) {
  return "<title>" + title + "</title>";
}

}  // namespace

TEST_SUITE_BEGIN("11-http-requests");

TEST_CASE("a title is decoded as its page declares") {
  const std::string latin1 = titled("Cr\xe8me");
  const std::string utf8 = titled("Crème");
  CHECK(title_of("text/html; charset=ISO-8859-1", latin1) == "Crème");
  CHECK(title_of("text/html;charset=\"iso-8859-1\"; x=y", latin1) == "Crème");
  CHECK(title_of("text/html; charset=utf-8", utf8) == "Crème");
  CHECK(title_of("text/html", "<meta charset=windows-1252>" + latin1) == "Crème");
  CHECK(title_of("", "<META http-equiv=Content-Type content='text/html; CHARSET=Latin1'>" +
                         latin1) == "Crème");
  CHECK(title_of("text/html; charset=koi8-r", titled("\xc2\xcf\xd2\xdd")) == "борщ");
  CHECK(title_of("text/html; charset=shift_jis", titled("\x8e\xf5\x8e\x69")) == "寿司");
  // The header counts, not the page.
  CHECK(title_of("text/html; charset=koi8-r",
                 "<meta charset=utf-8>" + titled("\xc2\xcf\xd2\xdd")) == "борщ");
  // Windows-1252 also goes by the name of Latin-1.
  CHECK(title_of("text/html; charset=iso-8859-1", titled("\x93soup\x94")) == "“soup”");
}

TEST_CASE("a title whose charset is missing, unknown or wrong is taken for UTF-8") {
  CHECK(title_of("", titled("Crème")) == "Crème");
  CHECK(title_of("text/html; charset=us-ascii", titled("Crème")) == "Crème");
  CHECK(title_of("text/html; charset=nonsense", titled("Crème")) == "Crème");
  CHECK(title_of("text/html; charset=", titled("Crème")) == "Crème");
  CHECK(title_of("text/html; charset=\"", titled("Crème")) == "Crème");
  CHECK(title_of("text/html; charset=../../../../tmp/x//", titled("Crème")) == "Crème");
  CHECK(title_of("text/html; charset=" + std::string(10'000, 'x'), titled("Crème")) == "Crème");
  CHECK(title_of("", titled("Cr\xe8me")) == "in an unknown charset");
  CHECK(title_of("text/html; charset=utf-8", titled("Cr\xe8me")) == "in an unknown charset");
  // To iconv no name is a name: that of the locale's charset.
  CHECK(!to_utf8("Soup", ""));
  // A declaration is looked for where browsers look: near the beginning.
  CHECK(title_of("", std::string(1024, ' ') + "<meta charset=koi8-r>" + titled("Crème")) ==
        "Crème");
}

TEST_CASE("no charset smuggles in what steers a terminal") {
  CHECK(title_of("text/html; charset=utf-7", titled("a+ABs-[2Jz")) == "a [2Jz");
  CHECK(title_of("text/html; charset=utf-8", titled("a\xc2\x9b[2Jz\xc2\xa0é")) ==
        "a [2Jz\xc2\xa0é");
}

TEST_CASE("a text that is not a page has no title") {
  CHECK(title_of("", titled("Not here"), 404) == "status 404");
  CHECK(title_of("", "") == "Missing");
}

TEST_CASE("a list is read") {
  const workbook::TemporaryFolder folder;
  const std::string path = folder.path() / "pages.txt";
  std::ofstream(path) << "# comment\n\n/soup \r\nhttp://example.org/a\n   \n/end";
  const auto links = read_list(path, "127.0.0.1:80");
  const bool refuses_a_folder = [&] {
    try {
      read_list(folder.path(), "");
    } catch (const std::system_error& error) {
      return error.code() == std::errc::is_a_directory;
    }
    return false;
  }();
  CHECK(refuses_a_folder);
  REQUIRE(links.size() == 3);
  CHECK(links[0].name == "/soup");
  CHECK(links[0].url == "http://127.0.0.1:80/soup");
  CHECK(links[1].url == "http://example.org/a");
  CHECK(links[2].name == "/end");
  CHECK_THROWS_AS(read_list(folder.path() / "missing.txt", ""), std::system_error);
}

TEST_SUITE_END();
