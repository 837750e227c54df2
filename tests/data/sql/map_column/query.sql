SELECT useridentity.sessioncontext.webidfederationdata.attributes['sub'] AS repo, useridentity.sessioncontext.webidfederationdata.attributes FROM logs WHERE useridentity.type = 'AssumedRole'
