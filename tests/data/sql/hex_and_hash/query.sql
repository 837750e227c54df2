SELECT to_hex(md5(to_utf8('café'))), to_base64(to_utf8('hi')), from_utf8(from_base64('aGk=')), to_hex(sha256(to_utf8('')))
