#include "decode/multipart.hpp"

#include <gtest/gtest.h>

#include <string>

#include "decode/part_head.hpp"

namespace sallyport::decode {
namespace {

const std::string form_type = "multipart/form-data; boundary=b";

std::string read(const std::string& body, const std::string& type = form_type, const MultipartLimits& limits = {}) {
  Arena arena;
  const auto parts = read_multipart(type, body, arena, limits);
  if (!parts) return "! " + std::string(parts.error().rule);
  std::string out;
  for (const Part& part : parts->parts) {
    out += "[" + std::string(part.name);
    if (part.has_filename) out += " file " + std::string(part.filename);
    if (!part.content_type.empty()) out += " " + std::string(part.content_type);
    out += part.container ? "]" : "=" + std::string(part.content) + "]";
  }
  return out;
}

// One part with these field lines (CRLF at each end but the last) and content.
std::string one(const std::string& fields, const std::string& content = "x") {
  return "--b\r\n" + fields + "\r\n\r\n" + content + "\r\n--b--\r\n";
}
std::string named(const std::string& parameters) { return read(one("Content-Disposition: form-data; " + parameters)); }

TEST(Multipart, ReadsForms) {
  EXPECT_EQ(read("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
                 "--b\r\ncontent-disposition:form-data;name=f;filename=\"x.txt\"\r\nContent-Type: text/plain\r\n\r\n"
                 "two\r\nlines\r\n--b--\r\n"),
            "[a=1][f file x.txt text/plain=two\r\nlines]");
  EXPECT_EQ(read(one("Content-Disposition: form-data; name=\"a\"", "")), "[a=]");
  EXPECT_EQ(read("\r\n--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--"), "[a=1]");
  EXPECT_EQ(named("name=\"é %22\""), "[é %22=x]");
  EXPECT_EQ(named("name=\"\""), "[=x]");
  EXPECT_EQ(named("name=\"a\"; filename=\"\""), "[a file =x]");
  // A boundary inside a line is content.
  EXPECT_EQ(read(one("Content-Disposition: form-data; name=a", "x--b y")), "[a=x--b y]");
}

TEST(Multipart, ReadsQuotedBoundaries) {
  const std::string body = "--a b:c\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--a b:c--\r\n";
  EXPECT_EQ(read(body, "multipart/form-data; boundary=\"a b:c\""), "[a=1]");
  EXPECT_EQ(read(body, "Multipart/Form-Data; charset=utf-8; Boundary=\"a b:c\""), "[a=1]");
}

TEST(Multipart, RefusesBoundariesWithTwoReadings) {
  const std::string body = one("Content-Disposition: form-data; name=a");
  const std::pair<const char*, const char*> cases[] = {
      {"multipart/form-data", "! boundary"},
      {"multipart/form-data; boundary=", "! parameter"},
      {"multipart/form-data; boundary=\"\"", "! boundary"},
      {"multipart/form-data; boundary=b; boundary=c", "! duplicate_parameter"},
      {"multipart/form-data; boundary=b; Boundary=c", "! duplicate_parameter"},
      {"multipart/form-data; boundary =b", "! parameter"},
      {"multipart/form-data; boundary= b", "! parameter"},
      {"multipart/form-data; boundary=\"b", "! parameter"},
      {"multipart/form-data; boundary=\"b\\c\"", "! backslash"},
      {"multipart/form-data; boundary*=utf-8''b", "! boundary"},
      {"multipart/form-data; boundary*0=b; boundary*1=c", "! boundary"},
      {"multipart/form-data; boundary=b; boundary*0=c", "! boundary"},
      {"multipart/form-data; boundary=b,c", "! parameter"},
      {"multipart/form-data; boundary=\"b \"", "! boundary"},
      {"multipart/form-data; boundary=\"b;c\"", "! boundary"},
      {"multipart/form-data boundary=b", "! boundary"},
  };
  for (const auto& [type, expected] : cases) EXPECT_EQ(read(body, type), expected) << type;
}

TEST(Multipart, RefusesBoundaryLinesWithTwoReadings) {
  const std::string fields = "Content-Disposition: form-data; name=a\r\n\r\n";
  const std::pair<std::string, const char*> cases[] = {
      {"--b\r\n" + fields + "1\r\n", "! truncated"},
      {"--b--\r\n", "! truncated"},
      {"", "! truncated"},
      {"--b\n" + fields + "1\r\n--b--\r\n", "! boundary_line"},
      {"--b \r\n" + fields + "1\r\n--b--\r\n", "! boundary_line"},
      {"--b\r\n" + fields + "1\r\n--bc\r\n--b--\r\n", "! boundary_line"},
      {"--b\r\n" + fields + "1\n--b--\r\n", "! boundary_line"},
      {"--b\r\n" + fields + "1\r--b--\r\n", "! boundary_line"},
      {"--b\r\n" + fields + "1\r\n--b-\r\n--b--", "! boundary_line"},
      {"--b\r\n" + fields + "1\r\n--b--x", "! epilogue"},
      {"--b\r\n" + fields + "1\r\n--b--\r\n\r\n", "! epilogue"},
      {"--b\r\n" + fields + "1\r\n--b--\r\n--b\r\n" + fields + "2\r\n--b--", "! epilogue"},
      {"x\r\n--b\r\n" + fields + "1\r\n--b--", "! preamble"},
      {"\n--b\r\n" + fields + "1\r\n--b--", "! preamble"},
      {"\r\n\r\n--b\r\n" + fields + "1\r\n--b--", "! preamble"},
      {"--b\r\n--b--", "! part_field"},
      {"--b\r\n\r\n--b--", "! part_field"},
      {"--b\r\n\r\n1\r\n--b--", "! disposition"},
  };
  for (const auto& [body, expected] : cases) EXPECT_EQ(read(body), expected) << body;
}

TEST(Multipart, RefusesFieldsWithTwoReadings) {
  const std::string good = "Content-Disposition: form-data; name=a";
  const std::pair<std::string, const char*> cases[] = {
      {good + "\r\n" + good, "! part_field"},
      {good + "\r\nContent-Type: a/b\r\ncontent-type: c/d", "! part_field"},
      {good + ";\r\n filename=x", "! part_field"},
      {"Content-Disposition : form-data; name=a", "! part_field"},
      {" " + good, "! part_field"},
      {"Content-Disposition: form-data; name=a\nX: y", "! part_field"},
      {"Content-Disposition: form-data; name=a\rX: y", "! part_field"},
      {std::string("Content-Disposition: form-data; name=a\0b", 40), "! part_field"},
      {"Content-Disposition", "! part_field"},
      {"X: y", "! disposition"},
      {"Content-Disposition: attachment; name=a", "! disposition"},
      {good + "\r\nContent-Transfer-Encoding: base64", "! transfer_encoding"},
      {good + "\r\nContent-Transfer-Encoding: quoted-printable", "! transfer_encoding"},
      {good + "\r\nContent-Transfer-Encoding: 8bit\r\nContent-Transfer-Encoding: 8bit", "! part_field"},
      {good + "\r\nContent-Encoding: gzip", "! transfer_encoding"},
      {good + "\r\nContent-Length: 2", "! part_length"},
      {good + "\r\nContent-Length: +1", "! part_length"},
      {good + "\r\nContent-Length: 1\r\nContent-Length: 1", "! part_field"},
      {good + "\r\nContent-Type: text", "! part_field"},
      {good + "\r\nContent-Type: text/plain; charset=utf-7", "! part_charset"},
      {good + "\r\nContent-Type: text/plain; charset=utf-8; charset=utf-16", "! duplicate_parameter"},
      {good + "\r\nContent-Type: multipart/form-data; boundary=c", "! part_field"},
  };
  for (const auto& [fields, expected] : cases) EXPECT_EQ(read(one(fields)), expected) << fields;
  EXPECT_EQ(read(one(good + "\r\nContent-Transfer-Encoding: binary\r\nContent-Length: 1\r\nX-Y: z")), "[a=x]");
}

TEST(Multipart, RefusesNamesWithTwoReadings) {
  const std::pair<const char*, const char*> cases[] = {
      {"filename=a", "! disposition"},
      {"name=a; name=b", "! duplicate_parameter"},
      {"name=a; filename=x; FileName=y", "! duplicate_parameter"},
      {"name=a; filename*0=x; filename*1=y", "! disposition"},
      {"name*=utf-8''a", "! disposition"},
      {"name=a; name*=utf-8''b", "! disposition"},
      {"name='a'", "! disposition"},
      {"name=\"a\\\"b\"", "! backslash"},
      {"name=\"a\\b\"", "! backslash"},
      {"name=a; filename=\"C:\\x\"", "! backslash"},
      {"name=\"=?utf-8?B?YQ==?=\"", "! part_name"},
      {"name=a; filename=\"=?utf-8?Q?x?=\"", "! part_name"},
      {"name=\"a\"b\"", "! parameter"},
      {"name=\"a", "! parameter"},
      {"name=a b", "! parameter"},
      {"name = a", "! parameter"},
      {"name=a; filename=x.php;.jpg", "! parameter"},
      {"name=\"\xff\"", "! utf8"},
      {"name=\"a\tb\"", "! part_name"},
      {"name=a; filename*=\"utf-8''x\"", "! disposition"},
      {"name=a; filename*=utf-16''x", "! disposition"},
      {"name=a; filename*=utf-8''%zz", "! disposition"},
      {"name=a; filename*=utf-8''%00", "! disposition"},
      {"name=a; filename*=utf-8''a%0ab", "! part_name"},
      {"name=a; filename=x; filename*=utf-8''y", "! disposition"},
  };
  for (const auto& [parameters, expected] : cases) EXPECT_EQ(named(parameters), expected) << parameters;
  EXPECT_EQ(named("name=a; filename*=UTF-8'en'caf%c3%a9.txt"), "[a file café.txt=x]");
  EXPECT_EQ(named("name=a; filename*=iso-8859-1''caf%e9"), "[a file café=x]");
  EXPECT_EQ(named("name=a; filename=x; filename*=utf-8''x"), "[a file x=x]");
}

TEST(Multipart, ReadsPartsInsideParts) {
  const std::string inner =
      "--c\r\nContent-Disposition: file; filename=\"1.txt\"\r\n\r\none\r\n"
      "--c\r\nContent-Disposition: file; filename=\"2.txt\"\r\n\r\ntwo\r\n--c--";
  const std::string fields = "Content-Disposition: form-data; name=f\r\nContent-Type: multipart/mixed; boundary=c";
  EXPECT_EQ(read(one(fields, inner)), "[f multipart/mixed; boundary=c][f file 1.txt=one][f file 2.txt=two]");
  EXPECT_EQ(read(one(fields, "--c\r\n\r\none\r\n")), "! truncated");
  const std::string deeper = "--c\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n--d\r\n\r\nx\r\n--d--\r\n--c--";
  EXPECT_EQ(read(one(fields, deeper)), "! depth");
  EXPECT_EQ(read(one(fields, deeper), form_type, {.depth = 2}),
            "[f multipart/mixed; boundary=c][f multipart/mixed; boundary=d][f=x]");
  EXPECT_EQ(read("--b\r\n\r\n1\r\n--b--", "multipart/mixed; boundary=b"), "[=1]");
}

TEST(Multipart, LimitsHold) {
  const std::string fields = "Content-Disposition: form-data; name=a";
  const std::string part = "--b\r\n" + fields + "\r\n\r\nx\r\n";
  EXPECT_EQ(read(part + part + "--b--", form_type, {.parts = 2}), "[a=x][a=x]");
  EXPECT_EQ(read(part + part + part + "--b--", form_type, {.parts = 2}), "! parts");
  EXPECT_EQ(read(one(fields + "\r\nX: y"), form_type, {.fields = 2}), "[a=x]");
  EXPECT_EQ(read(one(fields + "\r\nX: y\r\nX: y"), form_type, {.fields = 2}), "! fields");
  const auto size = static_cast<std::uint32_t>(fields.size());
  EXPECT_EQ(read(one(fields), form_type, {.field_bytes = size}), "[a=x]");
  EXPECT_EQ(read(one(fields), form_type, {.field_bytes = size - 1}), "! field_bytes");
  EXPECT_EQ(read(one("Content-Disposition: form-data; name=abc"), form_type, {.name_bytes = 3}), "[abc=x]");
  EXPECT_EQ(read(one("Content-Disposition: form-data; name=abcd"), form_type, {.name_bytes = 3}), "! name_bytes");
  EXPECT_EQ(read(one("Content-Disposition: form-data; name=a; filename=abcd"), form_type, {.name_bytes = 3}),
            "! name_bytes");
  for (const std::size_t length : {70u, 71u}) {
    const std::string boundary(length, 'q');
    const std::string body = "--" + boundary + "\r\n" + fields + "\r\n\r\nx\r\n--" + boundary + "--";
    EXPECT_EQ(read(body, "multipart/form-data; boundary=" + boundary), length == 70 ? "[a=x]" : "! boundary_bytes");
  }
}

TEST(Multipart, TellsWhereContentsStand) {
  Arena arena;
  const std::string body = one("Content-Disposition: form-data; name=a");
  const auto parts = read_multipart(form_type, body, arena);
  ASSERT_TRUE(parts);
  const Part* part = parts->find("a");
  ASSERT_NE(part, nullptr);
  EXPECT_EQ(part->content.data(), body.data() + part->offset);
  EXPECT_EQ(part->fields.front().name, "Content-Disposition");
  EXPECT_EQ(parts->find("b"), nullptr);
}

}  // namespace
}  // namespace sallyport::decode
