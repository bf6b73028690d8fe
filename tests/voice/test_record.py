import json

from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.voice.record import Close, PacketLog, SessionRecord, SpeakingChange
from bot.sandbox.voice.rtp import RtpHeader


@given(st.integers(2, 9), st.integers(0, 40))
def test_the_log_keeps_the_newest_packets(limit, n_packets):
    log = PacketLog(record_packets=limit, keep_opus=1, keep_opus_packets=3)
    for i in range(n_packets):
        log.keep(b"%d" % i)
        log.add(RtpHeader(i, i * 960, 1), i)
    kept = log.arrivals_ns.tolist()
    assert kept == list(range(n_packets - len(kept), n_packets))
    assert min(n_packets, limit // 2) <= len(kept) <= limit
    assert log.n_packets == n_packets
    assert [packet.packet_index for packet in log.kept] == list(range(max(n_packets - 3, 0), n_packets))


def test_a_record_survives_json():
    log = PacketLog(record_packets=10, keep_opus=1, keep_opus_packets=10)
    for i in range(3):
        log.keep(bytes([i, 255]))
        log.add(RtpHeader(65534 + i & 0xFFFF, i * 960, 1), 1_700_000_000_000_000_000 + i)
    record = SessionRecord(
        guild_id=1,
        channel_id=2,
        user_id=3,
        session_id="s",
        ssrc=4,
        mode="m",
        arrivals_ns=log.arrivals_ns,
        sequences=log.sequences,
        timestamps=log.timestamps,
        n_packets=3,
        n_invalid=1,
        kept=tuple(log.kept),
        speaking=(SpeakingChange(1, 0),),
        connects_ns=(1,),
        resumes_ns=(2, 3),
        closes=(Close(5, 4006, by_server=True),),
        ended=True,
    )
    assert SessionRecord.from_json(json.loads(json.dumps(record.to_json()))) == record
    assert record.gaps() == []
