// The photos, and the two calls that block: save and load.
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <fstream>
#include <ios>
#include <stdexcept>
#include <string>

#include "temporary_folder.hpp"

inline constexpr int photo_count = 300;
inline constexpr std::size_t photo_size = 50'000;

// No two photos are alike.
inline std::string photo(int number) {
  std::string bytes = fmt::format("photo {:03}\n", number);
  bytes.reserve(photo_size);
  while (bytes.size() < photo_size) {
    bytes.append(bytes, 0, photo_size - bytes.size());
  }
  return bytes;
}

inline void check_photo(const std::string& bytes, int number) {
  if (bytes == photo(number)) return;
  throw std::runtime_error(
      fmt::format("Photo {} is not what was saved.", number));
}

// Returns the number of bytes, as load does.
inline std::size_t save(const TemporaryFolder& folder,
                        int number) {
  stop_if_interrupted();
  const auto path = folder.photo(number);
  const std::string bytes = photo(number);
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), bytes.size());
  file.close();
  if (!file) throw failure("write", path, last_error());
  return bytes.size();
}

inline std::size_t load(const TemporaryFolder& folder,
                        int number) {
  stop_if_interrupted();
  const auto path = folder.photo(number);
  std::string bytes(photo_size + 1, '\0');  // one byte too many
  std::ifstream file(path, std::ios::binary);
  file.read(bytes.data(), bytes.size());
  if (!file.is_open() || file.bad()) {
    throw failure("read", path, last_error());
  }
  bytes.resize(file.gcount());
  check_photo(bytes, number);
  return bytes.size();
}

// The type of both, so that a caller can take either.
using Call = std::size_t (*)(const TemporaryFolder&, int);
