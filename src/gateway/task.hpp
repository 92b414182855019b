// The coroutine vocabulary of the gateway: concrete executor, errors as values.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace sallyport::gateway {

namespace asio = boost::asio;

using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
template <class T = void>
using Task = asio::awaitable<T, Executor>;

// Every wait answers (error, value): nothing throws on the request path.
inline constexpr auto as_result = asio::as_tuple(asio::deferred);

}  // namespace sallyport::gateway
