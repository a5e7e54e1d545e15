// The files of the built site, and nothing else.
#pragma once

#include <filesystem>

#include "../../../lessons/23-web-api/request.hpp"
#include "../../../lessons/23-web-api/response.hpp"

namespace workbook {

class StaticFiles {
 public:
  explicit StaticFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Answers with the file that a path names, a folder's index.html, or the reason why there is
  // none. No path leads out of the folder, and no link is followed.
  http::Response answer(const http::Request& request) const;

 private:
  std::filesystem::path folder_;
};

}  // namespace workbook
