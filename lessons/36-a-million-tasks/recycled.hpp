// An allocator that keeps what is given back for the next
// request of that size. Look at how rarely it calls operator new.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

// For one thread: there is no lock.
class FreeBlocks {
 public:
  void* take(std::size_t size) {
    const std::size_t units = (size + unit - 1) / unit;
    if (units >= lists_.size()) return ::operator new(size);
    if (!lists_[units]) return cut(units * unit);
    Free* const block = lists_[units];
    lists_[units] = block->next;
    return block;
  }

  void give_back(void* block, std::size_t size) {
    const std::size_t units = (size + unit - 1) / unit;
    if (units >= lists_.size()) return ::operator delete(block);
    lists_[units] = new (block) Free{lists_[units]};
  }

 private:
  struct Free {
    Free* next;
  };

  // From a slab, a large block that is cut into small ones.
  void* cut(std::size_t size) {
    if (left_ < size) {
      slabs_.push_back(std::make_unique<std::byte[]>(slab_size));
      left_ = slab_size;
    }
    left_ -= size;
    return slabs_.back().get() + left_;
  }

  static constexpr std::size_t unit = alignof(std::max_align_t);
  static constexpr std::size_t slab_size = 64 * 1024;

  std::array<Free*, 64> lists_{};  // one for each size
  std::vector<std::unique_ptr<std::byte[]>> slabs_;
  std::size_t left_ = 0;  // in the newest slab
};

inline FreeBlocks free_blocks;

template <typename T>
struct Recycled {
  using value_type = T;

  Recycled() = default;
  template <typename Other>
  Recycled(const Recycled<Other>&) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(free_blocks.take(count * sizeof(T)));
  }
  void deallocate(T* block, std::size_t count) {
    free_blocks.give_back(block, count * sizeof(T));
  }

  bool operator==(const Recycled&) const { return true; }
};
