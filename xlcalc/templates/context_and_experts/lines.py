"""Which formulas and formats do the tables on contexts and experts have in common?

Words in braces are columns of the table that a formula stands in.
"""

from xlcalc.author import styles

SHARE_FORMAT = "0.0%"
FACTOR_FORMAT = "0.00"
GB_FORMAT = "#,##0.0"
RATE_FORMAT = "#,##0"
MILLISECONDS = "#,##0.0"
LENGTH_AXIS = '[>=1000000]#,##0,,"M";[>=1000]#,##0,"K";#,##0'
MONEY_AXIS = '[>=1000000000]#,##0.0,,," B";[>=1000000]#,##0.0,," M";#,##0'
CHART_ROWS = 15
"""Rows of the sheet that a chart covers, and one below it."""
FINE_PRICE = styles.accounting("#,##0.000")


KV_GQA = (
    "=KV_CACHE_BYTES(layers,kv_heads,head_dim,{context},kv_bytes,1,window,window_layers)"
    "/bytes_per_gb"
)
ATTENDED = "((layers-window_layers)*{context}+window_layers*MIN({context},window))/layers"
"""The tokens of the context that a layer looks at, on average: a window's at most in some."""
KV_MLA = "=KV_CACHE_BYTES_MLA(layers,kv_rank,rope_dim,{context},kv_bytes)/bytes_per_gb"
KV = '=IF(attention_kind="mla",{kv_mla},{kv_gqa})'
SERVERS = "=ROUNDUP(GPUS_TO_FIT({weights}+{kv},serve_memory,usable)/gpus_per_server,0)"
FIT = "=MAX_SEQUENCES(serve_memory,{servers}*gpus_per_server,{weights},{kv}*bytes_per_gb,usable)"
BATCH = "=MIN(batch_limit,{fit})"
PREFILL = (
    "=INFER_FLOPS(active_params,{context},0)"
    "+ATTENTION_FLOPS(layers,heads,score_dim,{context},{context},attention_mask,window,window_layers)"
    "/passes_of_training"
)
PREFILL_SECONDS = "=INFER_SECONDS({prefill},serve_peak,serve_mfu,{servers}*gpus_per_server)"
PREFILL_COST = (
    "=GPU_COST({seconds}*{servers}*gpus_per_server/seconds_per_hour,serve_price)/serve_utilisation"
)
READ = "=({params}-routed_params*idle_chance^{batch})*weight_bytes/bytes_per_gb"
"""Gigabytes of weights that a step reads: an expert is idle if no token of the batch chooses it,
each choosing evenly and for itself."""
DECODE = (
    f"=DECODE_TOKENS_PER_SECOND({{used}}+attention_products*{ATTENDED},"
    f"{{read}}*bytes_per_gb/({{used}}+attention_products*{ATTENDED}),"
    "serve_bandwidth*bandwidth_reached*gpus_per_server*{servers},"
    "serve_peak*gpus_per_server*{servers},{batch},{kv}*bytes_per_gb,serve_mfu)"
)
"""A step computes a product for each active parameter, and for each value of the context that it
looks at: both stand where the function wants parameters, and its bytes are those that are read."""
OUTPUT_PRICE = "=COST_PER_MTOKENS(serve_price,{rate}/({servers}*gpus_per_server),serve_utilisation)"
WAITING = (
    "(experts_ms*({slowdown}-1)+MAX(transfer_ms*{slowdown}*(1-overlap),"
    "transfer_ms*{slowdown}-step_ms*{ratio}-experts_ms*({slowdown}-1)))/(step_ms*{ratio})"
)
"""What a step waits over what it computes, where computing takes `ratio` times that of the run:
more computing hides more of the transfer."""
