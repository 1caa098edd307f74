"""Every setting, typed, in one place. From the environment or a .env file; names start with SUJARIT_."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting is wrong; the message names the variable and says what to do (Thai and English)."""


class Settings(BaseSettings):
    """What the environment decides. Paths are relative to the working directory."""

    model_config = SettingsConfigDict(env_prefix="SUJARIT_", env_file=".env", extra="ignore", env_ignore_empty=True)

    data: Path = Path("var")
    qr: Path = Path("static/qr")  # where the images of QR codes are put
    database_url: str = ""  # empty: SQLite in `data`
    integrity_database_url: str = ""  # the integrity desk's own; empty: a second SQLite file in `data`
    secret_key: str = ""  # empty: made once and kept in `data`
    public_url: str = ""  # empty: http://127.0.0.1:<port>
    agency: str = "demo"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535, validation_alias=AliasChoices("PORT", "SUJARIT_PORT"))
    simulator_port: int = Field(default=0, ge=0, le=65535)  # 0: port + 1
    line_channel_secret: str = ""
    line_channel_access_token: str = ""
    line_api_base: str = ""  # one base for both LINE hosts; empty: LINE's own
    web_threads: int = Field(default=8, ge=1, le=64)
    outbox_threads: int = Field(default=24, ge=1, le=128)
    trusted_proxies: int = Field(default=0, ge=0, le=5)  # reverse proxies in front that set X-Forwarded-*
    # E-mail to staff without LINE; without a host none is written.
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""  # the sender's address

    @field_validator("public_url", "line_api_base")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not re.match(r"https?://[^/\s]+(/\S*)?$", value):
            raise ValueError("must be an address such as https://line.example.go.th")
        return value.rstrip("/")

    @field_validator("database_url", "integrity_database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return value

    @field_validator("agency")
    @classmethod
    def _code(cls, value: str) -> str:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", value):
            raise ValueError("must be a short name of a-z, 0-9 and -")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("must have at least 32 characters")
        return value

    @model_validator(mode="after")
    def _both_or_neither(self) -> Settings:
        if bool(self.line_channel_secret) != bool(self.line_channel_access_token):
            raise ValueError(
                "SUJARIT_LINE_CHANNEL_SECRET and SUJARIT_LINE_CHANNEL_ACCESS_TOKEN go together: set both or neither"
            )
        return self

    @model_validator(mode="after")
    def _sender(self) -> Settings:
        if self.smtp_host and "@" not in self.smtp_from:
            raise ValueError("SUJARIT_SMTP_HOST needs SUJARIT_SMTP_FROM, the sender's address")
        if self.smtp_password and self.smtp_security == "none":
            raise ValueError(
                "SUJARIT_SMTP_PASSWORD is only sent over starttls or tls, not with SUJARIT_SMTP_SECURITY=none"
            )
        return self

    @property
    def sends_mail(self) -> bool:
        return bool(self.smtp_host)

    @property
    def live(self) -> bool:
        """True when LINE credentials are set: then the stand-in is not started."""
        return bool(self.line_channel_access_token)

    @property
    def url(self) -> str:
        """The address under which people reach the pages, without a slash at the end."""
        return self.public_url or f"http://127.0.0.1:{self.port}"

    @property
    def simulator_address(self) -> str:
        return f"http://127.0.0.1:{self.simulator_port or self.port + 1}"

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'sujarit.sqlite3'}"

    @property
    def integrity_database(self) -> str:
        return self.integrity_database_url or f"sqlite:///{self.data / 'integrity.sqlite3'}"

    @property
    def channel_secret(self) -> str:
        return self.line_channel_secret or f"stand-in-{self.secret()[:24]}"

    @property
    def channel_access_token(self) -> str:
        return self.line_channel_access_token or f"stand-in-{self.secret()[24:48]}"

    @property
    def api_base(self) -> str:
        """The base of LINE's API, or "" for LINE's own hosts."""
        return self.line_api_base or ("" if self.live else self.simulator_address)

    def secret(self) -> str:
        """The secret key; made once and kept, readable by the owner only, when none is set."""
        if self.secret_key:
            return self.secret_key
        path = self.data / "secret_key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(48))
            try:
                path.hardlink_to(fresh)  # the first of several processes wins; nobody reads half a key
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text().strip()


def load_settings() -> Settings:
    """The settings of this process; raises SettingsError that names each wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = str(problem["loc"][0]) if problem["loc"] else ""
            variable = name if name.isupper() else f"SUJARIT_{name.upper()}" if name else ""
            lines.append(f"{variable}: {problem['msg'].removeprefix('Value error, ')}".lstrip(": "))
        raise SettingsError("Settings are wrong / ตั้งค่าไม่ถูกต้อง:\n  " + "\n  ".join(lines)) from None
