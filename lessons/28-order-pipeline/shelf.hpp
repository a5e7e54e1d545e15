// Where packed orders are: a folder, with a box for each of
// them. Look at who decides which of two workers was first.
#pragma once

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

class Shelf {
 public:
  // Without a folder it makes one, which it removes at its end.
  explicit Shelf(const std::filesystem::path& folder = {})
      : is_ours_(folder.empty()), folder_(folder) {
    if (is_ours_) {
      folder_ = make_folder();
    } else {
      std::filesystem::create_directories(folder_);
    }
  }

  ~Shelf() {
    std::error_code unused;
    if (is_ours_) std::filesystem::remove_all(folder_, unused);
  }
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;

  bool has(int number) const {
    return std::filesystem::exists(box(number));
  }

  // False if its box is there already. The system makes it once,
  // however many processes ask at the same time.
  bool put(int number) {
    return std::filesystem::create_directory(box(number));
  }

  const std::filesystem::path& folder() const { return folder_; }

 private:
  static std::filesystem::path make_folder() {
    const auto place = std::filesystem::temp_directory_path();
    std::string name = place / "shelf.XXXXXX";
    if (!mkdtemp(name.data())) {
      throw std::system_error(errno, std::generic_category(),
                              "no shelf in " + place.string());
    }
    return name;
  }

  std::filesystem::path box(int number) const {
    return folder_ / std::to_string(number);
  }

  const bool is_ours_;
  std::filesystem::path folder_;
};
