// The families of formats; format.cpp chooses among them.
#pragma once

#include <string_view>

namespace sallyport::schema::formats {

[[nodiscard]] bool date_time(std::string_view text) noexcept;
[[nodiscard]] bool date(std::string_view text) noexcept;
[[nodiscard]] bool time(std::string_view text) noexcept;
[[nodiscard]] bool duration(std::string_view text) noexcept;

[[nodiscard]] bool hostname(std::string_view text);
[[nodiscard]] bool old_hostname(std::string_view text) noexcept;
[[nodiscard]] bool idn_hostname(std::string_view text);
[[nodiscard]] bool email(std::string_view text, bool international);
[[nodiscard]] bool ipv4(std::string_view text) noexcept;
[[nodiscard]] bool ipv6(std::string_view text) noexcept;

// A scheme is needed unless `reference`; bytes above 0x7f only when `international`.
[[nodiscard]] bool uri(std::string_view text, bool reference, bool international) noexcept;
[[nodiscard]] bool uri_template(std::string_view text) noexcept;
[[nodiscard]] bool json_pointer(std::string_view text) noexcept;
[[nodiscard]] bool relative_json_pointer(std::string_view text) noexcept;

}  // namespace sallyport::schema::formats
