# SPDX-License-Identifier: MIT
# Sourced: lays out a lab of SQL tests below $1 from tests/data/sql/logs. Its clock stands at 2025-10-15T17:35:33Z.
lay_out_lab() {
    lab=$1 logs=$top/tests/data/sql/logs
    us=$lab/s3/monitoring9966/AWSLogs/111122223333/CloudTrail/us-east-1/2025/10/15
    eu=$lab/s3/monitoring9966/AWSLogs/111122223333/CloudTrail/eu-west-1/2025/10
    mkdir -p "$us" "$eu/14" "$lab/s3/cafe-assets" "$lab/.cafelab"
    gzip -nc "$logs/a.json" >"$us/111122223333_CloudTrail_us-east-1_20251015T1705Z_Ab3dEfGh1jKlMn0p.json.gz"
    gzip -nc "$logs/b.json" >"$us/111122223333_CloudTrail_us-east-1_20251015T1725Z_Zx9yWvUt8sRqPo7n.json.gz"
    gzip -nc "$logs/c.json" >"$eu/14/111122223333_CloudTrail_eu-west-1_20251014T0915Z_Qw1eRtYu2iOpAs3d.json.gz"
    echo '{"untilMs": 1760549733000}' >"$lab/.cafelab/lab.json"
}
