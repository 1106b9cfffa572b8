#!/bin/sh
# What InfluxDB's documentation has people do: list, pick the ids, patch one after another.
# Its environment: URL, TOKEN and NAME, of the user whose tokens it disables.
# https://docs.influxdata.com/influxdb/v2/admin/tokens/update-tokens/
set -eu
curl --silent --fail "$URL/api/v2/authorizations?user=$NAME" --header "Authorization: Token $TOKEN" |
	jq --raw-output '.authorizations[].id' |
	xargs -I '{}' curl --silent --fail --output /dev/null --request PATCH \
		"$URL/api/v2/authorizations/{}" --header "Authorization: Token $TOKEN" \
		--header "Content-Type: application/json" --data '{"status":"inactive"}'
