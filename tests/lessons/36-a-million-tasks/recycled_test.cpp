// Blocks that are used again: no two may overlap, and none may be lost.
#include "../../../lessons/36-a-million-tasks/recycled.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>

TEST_CASE("a block that was given back is the next one of its size") {
  FreeBlocks blocks;
  void* const small = blocks.take(100);
  void* const other = blocks.take(100);
  CHECK(small != other);
  blocks.give_back(small, 100);
  CHECK(blocks.take(300) != small);
  CHECK(blocks.take(40) != small);
  CHECK(blocks.take(97) == small);  // it is as large, rounded up
  CHECK(blocks.take(100) != other);
}

TEST_CASE("blocks are aligned, and do not overlap") {
  FreeBlocks blocks;
  struct Taken {
    unsigned char* begin;
    std::size_t size;
    unsigned char mark;
  };
  std::vector<Taken> all;
  for (int round = 0; round < 3; ++round) {
    for (std::size_t size = 1; size < 1100; size += 7) {
      for (int i = 0; i < 20; ++i) {
        auto* const begin = static_cast<unsigned char*>(blocks.take(size));
        CHECK(reinterpret_cast<std::uintptr_t>(begin) % alignof(std::max_align_t) == 0);
        const auto mark = static_cast<unsigned char>(all.size() % 251);
        std::memset(begin, mark, size);
        all.push_back({begin, size, mark});
      }
    }
    bool intact = true;
    for (const Taken& block : all) {
      for (std::size_t i = 0; i < block.size; ++i) intact = intact && block.begin[i] == block.mark;
    }
    CHECK(intact);
    // Every other one goes back, and is used in the next round.
    std::vector<Taken> kept;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i % 2 == 0) {
        kept.push_back(all[i]);
      } else {
        blocks.give_back(all[i].begin, all[i].size);
      }
    }
    all = kept;
  }
  for (const Taken& block : all) blocks.give_back(block.begin, block.size);
}

TEST_CASE("as many blocks as before need no new memory") {
  FreeBlocks blocks;
  std::set<void*> first, second;
  for (int i = 0; i < 10'000; ++i) first.insert(blocks.take(64));
  for (void* const block : first) blocks.give_back(block, 64);
  for (int i = 0; i < 10'000; ++i) second.insert(blocks.take(64));
  CHECK(first.size() == 10'000);
  CHECK(first == second);
}

TEST_CASE("the allocator works for a container") {
  std::vector<int, Recycled<int>> numbers;
  for (int i = 0; i < 10'000; ++i) numbers.push_back(i);
  CHECK(numbers[9'999] == 9'999);
  CHECK(Recycled<int>() == Recycled<int>(Recycled<char>()));
}
