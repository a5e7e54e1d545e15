// The parts of Asio that nearly every program instantiates, once in the library `workbook_asio`:
// with g++ a program is compiled in three quarters of the time. (clang does this automatically for
// everything that warm_up.hpp mentions.) The names of namespace `detail` are those of the versions
// below; with a newer Asio nothing is declared, and everything works as before.
#pragma once

#include <asio.hpp>

#ifndef WORKBOOK_INSTANTIATION
#define WORKBOOK_INSTANTIATION extern
#endif

#if ASIO_VERSION <= 103002

namespace asio {
namespace detail {

using steady_traits =
    chrono_time_traits<std::chrono::steady_clock, wait_traits<std::chrono::steady_clock>>;
using steady_service = deadline_timer_service<steady_traits>;
using io_executor = any_io_executor::base_type;
using on_waited = awaitable_handler<any_io_executor, std::error_code>;

}  // namespace detail

WORKBOOK_INSTANTIATION template class execution::any_executor<
    execution::context_as_t<execution_context&>, execution::blocking_t::never_t,
    execution::prefer_only<execution::blocking_t::possibly_t>,
    execution::prefer_only<execution::outstanding_work_t::tracked_t>,
    execution::prefer_only<execution::outstanding_work_t::untracked_t>,
    execution::prefer_only<execution::relationship_t::fork_t>,
    execution::prefer_only<execution::relationship_t::continuation_t>>;
WORKBOOK_INSTANTIATION template detail::io_executor::any_executor(
    io_context::basic_executor_type<std::allocator<void>, 0>, void*);
WORKBOOK_INSTANTIATION template detail::io_executor::any_executor(
    io_context::basic_executor_type<std::allocator<void>, 4>, void*);
WORKBOOK_INSTANTIATION template class io_context::basic_executor_type<std::allocator<void>, 0>;
WORKBOOK_INSTANTIATION template class io_context::basic_executor_type<std::allocator<void>, 4>;

WORKBOOK_INSTANTIATION template class basic_waitable_timer<std::chrono::steady_clock>;
WORKBOOK_INSTANTIATION template class detail::timer_queue<detail::steady_traits>;
WORKBOOK_INSTANTIATION template class detail::deadline_timer_service<detail::steady_traits>;
WORKBOOK_INSTANTIATION template class detail::io_object_impl<detail::steady_service,
                                                             any_io_executor>;
WORKBOOK_INSTANTIATION template class detail::wait_handler<detail::on_waited, any_io_executor>;

WORKBOOK_INSTANTIATION template class awaitable<void, any_io_executor>;
WORKBOOK_INSTANTIATION template class detail::awaitable_thread<any_io_executor>;
WORKBOOK_INSTANTIATION template class detail::awaitable_frame_base<any_io_executor>;
WORKBOOK_INSTANTIATION template class detail::awaitable_frame<void, any_io_executor>;
WORKBOOK_INSTANTIATION template class detail::awaitable_frame<detail::awaitable_thread_entry_point,
                                                              any_io_executor>;
WORKBOOK_INSTANTIATION template class detail::awaitable_handler<any_io_executor>;
WORKBOOK_INSTANTIATION template class detail::awaitable_handler<any_io_executor, std::error_code>;
WORKBOOK_INSTANTIATION template class detail::awaitable_handler_base<any_io_executor, void>;
WORKBOOK_INSTANTIATION template class detail::handler_work<detail::on_waited, any_io_executor,
                                                           void>;
WORKBOOK_INSTANTIATION template class detail::handler_work_base<any_io_executor, void, io_context,
                                                                executor, void>;
WORKBOOK_INSTANTIATION template class detail::handler_work_base<any_io_executor, any_io_executor,
                                                                io_context, executor, void>;
WORKBOOK_INSTANTIATION template class detail::executor_op<
    detail::executor_function, std::allocator<void>, detail::scheduler_operation>;
WORKBOOK_INSTANTIATION template class detail::executor_op<
    detail::executor_function_view, std::allocator<void>, detail::scheduler_operation>;

}  // namespace asio

#endif
