"""Authorities of client certificates, by the openssl program: what they sign, and their revocation lists."""
import pathlib
import subprocess

CONFIG = """\
[ca]
default_ca = one
[one]
database = {folder}/index
serial = {folder}/serial
crlnumber = {folder}/crlnumber
new_certs_dir = {folder}
default_md = sha256
default_crl_days = 1
policy = any
unique_subject = no
[any]
commonName = supplied
"""


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Holder:
    def __init__(self, certificate, key, chain=""):
        self.certificate, self.key, self.chain = str(certificate), str(key), chain

    @property
    def pair(self):
        """The certificate with its chain, and the key: for ssl.SSLContext.load_cert_chain and curl."""
        return self.chain or self.certificate, self.key


class Authority:
    def __init__(self, folder, name, above=None):
        self.folder = pathlib.Path(folder, "ca-" + name)
        self.folder.mkdir()
        self.name, self.above, self.issued = name, above, 0
        self.certificate, self.key = self.folder / "ca.pem", self.folder / "ca.key"
        for file, text in (("index", ""), ("serial", "1000\n"), ("crlnumber", "01\n"), ("config", CONFIG.format(folder=self.folder))):
            (self.folder / file).write_text(text)
        extensions = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
        if above:
            made = above.issue(name, extensions=extensions)
            self.certificate, self.key = pathlib.Path(made.certificate), pathlib.Path(made.key)
        else:
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 2, "-keyout", self.key, "-out", self.certificate,
                    "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, name, san="", extensions="basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n", key=None):
        """`san` as openssl writes it: DNS:…,URI:…"""
        self.issued += 1
        base = self.folder / f"{self.issued}"
        key_file = key or f"{base}.key"
        if not key:
            openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key_file)
        openssl("req", "-new", "-key", key_file, "-subj", f"/CN={name}", "-out", f"{base}.csr")
        pathlib.Path(f"{base}.ext").write_text(extensions + (f"subjectAltName={san}\n" if san else ""))
        openssl("x509", "-req", "-in", f"{base}.csr", "-CA", self.certificate, "-CAkey", self.key, "-set_serial", f"0x{0x1000 + self.issued:x}",
                "-days", 1, "-extfile", f"{base}.ext", "-out", f"{base}.pem")
        chain = ""
        if self.above:
            chain = f"{base}.chain.pem"
            pathlib.Path(chain).write_text(pathlib.Path(f"{base}.pem").read_text() + self.certificate.read_text())
        return Holder(f"{base}.pem", key_file, chain)

    def revoke(self, holder):
        self.ca("-revoke", holder.certificate)

    def list(self, *times):
        """A list of what is revoked now, as PEM; `times`: last and next update, as 20260101000000Z."""
        out = self.folder / "crl.pem"
        self.ca("-gencrl", "-out", out, *(("-crl_lastupdate", times[0], "-crl_nextupdate", times[1]) if times else ()))
        return out.read_text()

    def ca(self, *arguments):
        openssl("ca", "-config", self.folder / "config", "-cert", self.certificate, "-keyfile", self.key, *arguments)
