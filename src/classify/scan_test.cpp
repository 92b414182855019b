// What is found, and what must not be: values as they stand in bodies, with their field's name.
// Numbers are examples of the standards and authorities; credentials are made up here.
#include "classify/scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "classify/credentials.hpp"

namespace sallyport::classify {
namespace {

std::vector<std::string> types_in(std::string_view text, std::string_view name = "note",
                                  Confidence least = Confidence::medium) {
  Findings found;
  found.set_least(least);
  scan(text, kinds_of_name(name).kinds, found);
  std::vector<std::string> types;
  for (const Finding& finding : found.all()) {
    types.emplace_back(name_of(finding.type));
    EXPECT_LE(finding.begin, finding.end);
    EXPECT_LE(finding.end, text.size());
  }
  std::ranges::sort(types);
  return types;
}
using Types = std::vector<std::string>;

struct Example {
  const char* type;
  const char* name;
  const char* text;
};

TEST(Scan, FindsEachTypeByItself) {
  const Example examples[] = {
      {"card", "note", "4000123412341234"},
      {"card", "note", "paid with 4000-1234-1234-1234, thanks"},
      {"card", "note", "3712 345678 95004"},
      {"card", "note", "4000 1234 1234 1234 12/29"},
      {"card", "order", "card number 4000123412341234"},
      {"credit_track", "note", "%B4000123412341234^MEYER/LENA^2912101123456789?"},
      {"credit_track", "note", ";4000123412341234=29121011234567?"},
      {"card_code", "cvv", "123"},
      {"iban", "note", "DE89 3704 0044 0532 0130 00"},
      {"iban", "note", "FR1420041010050500013M02606"},
      {"iban", "note", "pay to GB82WEST12345698765432."},
      {"iban", "note", "MT84MALT011000012345MTLCAST001S"},
      {"iban", "note", "NO9386011117947"},
      {"bank_routing", "routing_number", "111000025"},
      {"bic", "bic", "DEUTDEFF500"},
      {"bic", "note", "BIC: DEUTDEFF"},
      {"vat_id", "vat_id", "DE136695976"},
      {"vat_id", "vatNumber", "IT00743110157"},
      {"crypto_address", "note", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"},
      {"crypto_address", "note", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
      {"crypto_address", "note", "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe"},
      {"email", "note", "write to lena.meyer+x@mail.example.net."},
      {"email", "note", "<ana@example.org>"},
      {"phone", "note", "+1 (201) 555-0123"},
      {"phone", "note", "call +49 30 23125 042 now"},
      {"phone", "note", "(201) 555-0123"},
      {"phone", "phone", "030 2312 5042"},
      {"phone", "contact", "tel. 030 2312 5042"},
      {"dob", "date_of_birth", "1984-02-29"},
      {"dob", "note", "born on 29.02.1984"},
      {"dob", "dob", "19840229"},
      {"person_name", "lastName", "Meyer"},
      {"postal_address", "street_address", "12 Main Street"},
      {"ip_address", "client_ip", "2001:db8::17"},
      {"ip_address", "note", "client IP 203.0.113.9"},
      {"geo", "note", "48.858370, 2.294481"},
      {"geo", "latitude", "48.858370"},
      {"passport", "note", "passport no. 912803456"},
      {"passport", "passportNumber", "C01X00T47"},
      {"passport_mrz", "note",
       "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"},
      {"driver_licence", "drivers_license", "D1234567"},
      {"us_ssn", "note", "536-22-1234"},
      {"us_ssn", "ssn", "536221234"},
      {"us_ssn", "note", "SSN: 536 22 1234"},
      {"us_itin", "note", "912-70-1234"},
      {"us_ein", "ein", "12-3456788"},
      {"uk_nino", "note", "AB 12 34 56 C"},
      {"uk_nino", "note", "JG103759A"},
      {"uk_nhs", "nhs_number", "943 476 5919"},
      {"de_tax_id", "steuerId", "86095742719"},
      {"de_tax_id", "note", "IdNr. 65929970489"},
      {"de_pension", "note", "15070649C103"},
      {"fr_nir", "note", "2 55 08 14 168 025 38"},
      {"fr_nir", "nir", "255081416802538"},
      {"es_dni", "dni", "12345678Z"},
      {"es_dni", "note", "X1234567L"},
      {"it_codice_fiscale", "note", "RSSMRA85T10A562S"},
      {"nl_bsn", "bsn", "111222333"},
      {"be_national", "note", "85.07.30-033.28"},
      {"ch_ahv", "note", "756.9217.0769.85"},
      {"at_svnr", "svnr", "1237 010180"},
      {"pl_pesel", "pesel", "44051401359"},
      {"se_personnummer", "note", "811228-9874"},
      {"no_fodselsnummer", "fodselsnummer", "15108695088"},
      {"fi_hetu", "note", "131052-308T"},
      {"dk_cpr", "cpr", "211062-5629"},
      {"cz_birth_number", "note", "710319/2745"},
      {"ro_cnp", "cnp", "1630615123457"},
      {"bg_egn", "egn", "7523169263"},
      {"hr_oib", "oib", "33392005961"},
      {"ee_isikukood", "isikukood", "36805280109"},
      {"pt_nif", "nif", "501964843"},
      {"ie_pps", "ppsn", "6433435F"},
      {"gr_amka", "amka", "01013099997"},
      {"tr_tckn", "tckn", "17291716060"},
      {"il_id", "teudat_zehut", "039337423"},
      {"ru_snils", "note", "112-233-445 95"},
      {"ca_sin", "sin", "123-456-782"},
      {"mx_curp", "note", "BOXW310820HNERXN09"},
      {"br_cpf", "note", "390.533.447-05"},
      {"br_cnpj", "note", "16.727.230/0001-97"},
      {"ar_cuit", "note", "20-05536168-2"},
      {"cl_rut", "note", "12.531.909-2"},
      {"in_aadhaar", "note", "2341 2341 2346"},
      {"in_pan", "note", "ACUPA7085R"},
      {"cn_resident_id", "note", "11010519491231002X"},
      {"jp_my_number", "my_number", "123456789018"},
      {"kr_rrn", "note", "971013-9019902"},
      {"sg_nric", "note", "S1234567D"},
      {"hk_hkid", "note", "A123456(3)"},
      {"tw_id", "national_id", "A123456789"},
      {"th_id", "note", "1-2345-45678-78-1"},
      {"au_tfn", "tfn", "123 456 782"},
      {"au_medicare", "medicare_number", "2123 45670 1"},
      {"za_id", "sa_id_number", "7503305044089"},
      {"mrn", "note", "MRN# 04417823"},
      {"mrn", "medical_record_number", "E1004417"},
      {"npi", "note", "NPI 1234567893"},
      {"dea", "dea_number", "AB1234563"},
      {"mbi", "note", "1EG4-TE5-MK73"},
      {"icd10", "diagnosis_code", "J45.909"},
      {"private_key", "note", "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----"},
      {"private_key", "note", "-----BEGIN OPENSSH PRIVATE KEY-----\\nb3Bl"},
      {"basic_auth_url", "note", "https://bo:hunter22@db.example.com/x"},
      {"db_dsn", "note", "postgres://app:hunter22@10.0.0.5:5432/prod"},
      {"db_dsn", "note", "mongodb+srv://app:hunter22@cluster0.example.net/x"},
      {"password_field", "password", "correct horse"},
      {"password_field", "note", "password=KVLDgABRo0TT"},
      {"password_field", "note", R"(PGPASSWORD = "Tr0ub4dor")"},
      {"password_field", "note", "Server=db;User Id=app;Password=Tr0ub4dor;Encrypt=yes"},
      {"generic_secret", "api_key", "q8Zp2LxV0rT6nB4kYw"},
      {"generic_secret", "note", "client_secret: q8Zp2LxV0rT6nB4kYw"},
      {"aws_secret_key", "note", "aws_secret_access_key = wJalr9UtnF3MI7K2DENG4bPxRfiCYeXa8mPlEKq1"},
      {"http_authorization", "note", "Authorization: Basic Ym86aHVudGVyMjI="},
      {"http_authorization", "note", "Authorization: Bearer q8Zp2LxV0rT6nB4kYwq8Zp2"},
      {"telegram_token", "note", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9"},
      {"azure_key", "note",
       "AccountKey=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm8xMQ=="},
      {"stack_trace", "note", "Traceback (most recent call last):\n  File \"/srv/x.py\", line 3, in f\nValueError: x"},
  };
  for (const Example& example : examples) {
    EXPECT_EQ(types_in(example.text, example.name), Types{example.type}) << example.name << ": " << example.text;
  }
}

// A letter, a digit and a capital in turn, from another start for each place.
std::string random_run(std::size_t size, std::string_view alphabet) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += alphabet[(i * 17 + i * i * 5 + 3) % alphabet.size()];
  return out;
}

TEST(Scan, FindsTheCredentialsOfTheirIssuers) {
  constexpr std::string_view alnum = "a0Bc1De2Fg3Hi4Jk5Lm6No7Pq8Rs9TuVwXyZ";
  constexpr std::string_view hex = "0123456789abcdef";
  struct Made {
    const char* type;
    std::string text;
  };
  const Made made[] = {
      {"aws_access_key", "AKIA" + random_run(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")},
      {"google_api_key", "AIza" + random_run(35, alnum)},
      {"google_oauth", "GOCSPX-" + random_run(28, alnum)},
      {"github_token", "ghs_" + random_run(36, alnum)},
      {"github_fine_grained", "github_pat_" + random_run(22, alnum) + "_" + random_run(59, alnum)},
      {"gitlab_token", "glpat-" + random_run(20, alnum)},
      {"slack_token", "xoxb-123456789012-123456789013-" + random_run(24, alnum)},
      {"slack_webhook", "https://hooks.slack.com/services/T" + random_run(10, alnum) + "/B" + random_run(10, alnum) +
                            "/" + random_run(24, alnum)},
      {"stripe_key", "rk_live_" + random_run(24, alnum)},
      {"square_token", "sq0atp-" + random_run(22, alnum)},
      {"shopify_token", "shpat_" + random_run(32, hex)},
      {"twilio_key", "SK" + random_run(32, hex)},
      {"sendgrid_key", "SG." + random_run(22, alnum) + "." + random_run(43, alnum)},
      {"mailgun_key", "key-" + random_run(32, hex)},
      {"mailchimp_key", random_run(32, hex) + "-us12"},
      {"npm_token", "npm_" + random_run(36, alnum)},
      {"pypi_token", "pypi-AgEIcHlwaS5vcmc" + random_run(100, alnum)},
      {"rubygems_key", "rubygems_" + random_run(48, hex)},
      {"docker_token", "dckr_pat_" + random_run(27, alnum)},
      {"openai_key", "sk-proj-" + random_run(20, alnum) + "T3BlbkFJ" + random_run(20, alnum)},
      {"anthropic_key", "sk-ant-api03-" + random_run(93, alnum)},
      {"huggingface_token", "hf_" + random_run(34, alnum)},
      {"groq_key", "gsk_" + random_run(52, alnum)},
      {"databricks_token", "dapi" + random_run(32, hex)},
      {"digitalocean_token", "dop_v1_" + random_run(64, hex)},
      {"doppler_token", "dp.pt." + random_run(43, alnum)},
      {"vault_token", "hvs." + random_run(90, alnum)},
      {"terraform_token", random_run(14, alnum) + ".atlasv1." + random_run(67, alnum)},
      {"pulumi_token", "pul-" + random_run(40, hex)},
      {"grafana_token", "glsa_" + random_run(32, alnum) + "_" + random_run(8, hex)},
      {"newrelic_key", "NRAK-" + random_run(27, alnum)},
      {"sentry_token", "sntryu_" + random_run(64, hex)},
      {"dynatrace_token", "dt0c01." + random_run(24, alnum) + "." + random_run(64, alnum)},
      {"linear_key", "lin_api_" + random_run(40, alnum)},
      {"airtable_token", "pat" + random_run(14, alnum) + "." + random_run(64, hex)},
      {"postman_key", "PMAK-" + random_run(24, hex) + "-" + random_run(34, hex)},
      {"tailscale_key", "tskey-auth-" + random_run(12, alnum) + "-" + random_run(32, alnum)},
      {"discord_token", "M" + random_run(24, alnum) + "." + random_run(6, alnum) + "." + random_run(30, alnum)},
      {"azure_key", "aB38Q~" + random_run(34, alnum)},
      {"jwt", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiAiVkRnV0tMeHUiLCAiZXhwIjogMX0." + random_run(43, alnum)},
  };
  for (const auto& [type, text] : made) {
    EXPECT_EQ(types_in("see " + text + " there"), Types{type}) << text;
    EXPECT_EQ(types_in(R"({"inner": "\")" + text + R"(\""})"), Types{type}) << text;  // inside of JSON in a string
    // A character less or more in the middle of a word is another thing.
    if (text.contains("//") || text.contains(".atlasv1.")) continue;  // begin with a word of their own
    EXPECT_EQ(types_in("x" + text + "x"), Types{}) << text;
  }
}

TEST(Scan, LeavesDecoysAlone) {
  const Example decoys[] = {
      {"", "note", "4000123412341235"},     // Luhn
      {"", "note", "4111 1111 1111 1111"},  // published for tests
      {"", "note", "0000 0000 0000 0000"},
      {"", "order_id", "4000123412341234"},  // an order's number that could be a card
      {"", "note", "ORD-4000123412341234"},
      {"", "note", "40001234123412340000000"},      // longer than a card
      {"", "note", "1700000000000"},                // milliseconds
      {"", "note", "DE88 3704 0044 0532 0130 00"},  // check digits
      {"", "note", "DE8937040044053201300"},        // length of the country
      {"", "note", "ZZ12345678901234567890"},
      {"", "note", "000-12-3456"},
      {"", "note", "666-12-3456"},
      {"", "note", "123-00-4567"},
      {"", "note", "123-45-0000"},
      {"", "note", "912-12-3456"},
      {"", "note", "078-05-1120"},
      {"", "note", "12-345-6789"},
      {"", "note", "912803456"},
      {"", "ssn_last4", "1234"},
      {"", "ssn", "000121234"},
      {"", "note", "@handle"},
      {"", "note", "a@b"},
      {"", "note", "git@"},
      {"", "note", "@angular/core@17.1.0"},
      {"", "note", "git@github.com:a/b.git"},
      {"", "note", "logo@2x.png"},
      {"", "note", "user at example.org"},
      {"", "note", "a..b@example.org"},
      {"", "note", "a@-example.org"},
      {"", "note", "2024-11-23 10:15:00"},
      {"", "created", "2024-01-02"},
      {"", "note", "build 20241123.1"},
      {"", "note", "1.2.3.4"},
      {"", "client_ip", "127.0.0.1"},
      {"", "client_ip", "1.2.3"},
      {"", "note", "+1 911"},
      {"", "note", "+1 (101) 555-0123"},
      {"", "note", "+999 1234 5678 901234"},
      {"", "phone_type", "2015550123"},
      {"", "note", "QQ 12 34 56 A"},
      {"", "note", "AB 12 34 56 E"},
      {"", "note", "GB123456A"},
      {"", "note", "number 04417823"},
      {"", "note", "NPI pending"},
      {"", "npi", "1234567894"},
      {"", "note", "RSSMRA85T10A562T"},
      {"", "note", "390.533.447-06"},
      {"", "note", "S1234567E"},
      {"", "note", "2341 2341 2347"},
      {"", "note", "11010519491231002Y"},
      {"", "note", "131052-308U"},
      {"", "note", "811228-9875"},
      {"", "note", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3"},
      {"", "note", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"},
      {"", "note", "e72278fb-234a-4070-a58b-26fad2782fc6"},
      {"", "note", "12345678-1234-4123-8123-123456789012"},
      {"", "etag", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"},
      {"", "note", "ghp_0a1b2c3d4e5f"},
      {"", "note", "pk_live_0a1b2c3d4e5f6g7h8i9j0k1l"},
      {"", "note", "sk_test_xxx"},
      {"", "note", "AKIAABCDEFGH"},
      {"", "note", "AKIAabcdefghijklmnop"},
      {"", "note", "SK0123456789abcdef0123456789abcdeZ"},
      {"", "note", "eyJ"},
      {"", "note", "a.b.c"},
      {"", "note", "1.2.3-beta.4"},
      {"", "note", "eyJhbGciOi.JIUzI1NiJ9"},
      {"", "note", "eyJmb28iOiJiYXIifQ.eyJmb28iOiJiYXIifQ.c2lnbmF0dXJl"},  // a header without alg
      {"", "note", "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----"},
      {"", "note", "-----BEGIN CERTIFICATE-----"},
      {"", "note", "password: required"},
      {"", "note", "password=${DB_PASSWORD}"},
      {"", "password", "********"},
      {"", "password_updated_at", "2024-01-02"},
      {"", "has_password", "yes"},
      {"", "note", "password = readline()"},
      {"", "note", "https://example.com/a@b"},
      {"", "note", "https://user@example.com/"},
      {"", "note", "http://a:<password>@b/"},
      {"", "token_type", "q8Zp2LxV0rT6nB4kYw"},
      {"", "token", "the-next-page"},
      {"", "note", "version=1.2.3-beta.20241123"},
      {"", "note", "48.85, 2.29"},
      {"", "latitude", "95.123456"},
      {"", "lastName", "R2D2"},
      {"", "address", "unknown"},
      {"", "note", "Traceback of the parcel"},
      {"", "cvv", "12"},
      {"", "note", ""},
  };
  for (const Example& decoy : decoys) {
    EXPECT_EQ(types_in(decoy.text, decoy.name), Types{}) << decoy.name << ": " << decoy.text;
  }
}

TEST(Scan, TellsPlaceholdersWhenAskedForLowConfidence) {
  EXPECT_EQ(types_in("4111111111111111", "note", Confidence::low), Types{"card"});
  EXPECT_EQ(types_in("4000123412341234", "order_id", Confidence::low), Types{"card"});
}

TEST(Scan, OneMatchOfEachPlace) {
  // The card inside of a track, and the mailbox inside of a URL, are that track and URL.
  EXPECT_EQ(types_in("https://bo:hunter22@mail.example.net/"), Types{"basic_auth_url"});
  EXPECT_EQ(types_in("card 4000123412341234 of ana@example.org, SSN 536-22-1234"), (Types{"card", "email", "us_ssn"}));
}

TEST(Scan, SaysWhereItStands) {
  Findings found;
  scan("mail ana@example.org!", {}, found);
  ASSERT_EQ(found.all().size(), 1u);
  EXPECT_EQ(found.all()[0].begin, 5u);
  EXPECT_EQ(found.all()[0].end, 20u);
}

TEST(Scan, KeepsAtMostItsLimit) {
  std::string text;
  for (std::size_t i = 0; i < Findings::max; ++i) text += "a" + std::to_string(i) + "@example.org ";
  Findings found;
  scan(text, {}, found);
  EXPECT_EQ(found.all().size(), Findings::max);
  EXPECT_FALSE(found.full());
  text += "more@example.org";
  found.clear();
  scan(text, {}, found);
  EXPECT_EQ(found.all().size(), Findings::max);
  EXPECT_TRUE(found.full());
}

TEST(Scan, IsTheSameWhereverAWordStands) {
  // The search goes in blocks of sixteen: no place in a block is special.
  for (std::size_t front = 0; front < 40; ++front) {
    const std::string text = std::string(front, ' ') + "536-22-1234" + std::string(front % 7, '.');
    EXPECT_EQ(types_in(text), Types{"us_ssn"}) << front;
  }
}

TEST(Context, ReadsNamesAsPeopleWriteThem) {
  for (const char* name :
       {"ssn", "SSN", "customerSsn", "social_security_number", "SocialSecurityNumber", "ssn-number", "ssn1"}) {
    EXPECT_TRUE(kinds_of_name(name).kinds.has(Kind::ssn)) << name;
  }
  for (const char* name : {"ssn_last4", "assn", "ssn_type", "classname"})
    EXPECT_FALSE(kinds_of_name(name).kinds.has(Kind::ssn)) << name;
  for (const char* name : {"number", "value", "0", "", "id_number_code"}) {
    if (std::string_view(name) != "id_number_code") EXPECT_TRUE(kinds_of_name(name).silent) << name;
  }
}

TEST(Context, LooksBackNoFurtherThanASentence) {
  const auto before = [](std::string_view text) { return kinds_before(text, text.size()); };
  EXPECT_TRUE(before("passport no. ").has(Kind::passport));
  EXPECT_TRUE(before("Passport: ").has(Kind::passport));
  EXPECT_TRUE(before("passport of Ana ").has(Kind::passport));
  EXPECT_FALSE(before("the passport office. Ticket ").has(Kind::passport));
  EXPECT_FALSE(before("passport; ").has(Kind::passport));
  EXPECT_FALSE(before("passport\n").has(Kind::passport));
  EXPECT_FALSE(before("passport was handed over with ").has(Kind::passport));
  EXPECT_TRUE(before("date of birth was ").has(Kind::birth));
}

}  // namespace
}  // namespace sallyport::classify
