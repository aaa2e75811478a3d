"""Beyond one machine: the same pure functions mapped over the files of a dataset, by processes or by Ray.

    dataset     folders of Parquet under any fsspec path; a file that is present is done
    tasks       what a step maps over: one input, one output file
    engine      maps a function over tasks: processes of this machine, or a Ray cluster
    sharding    which shard, and so which owner, asks a host; `leases` say who that is now
    fetch       asks the sources of one shard; `fetching` all of them, pass by pass, and stores what came

Only this package knows Ray, and only `ray_engine` imports it.
"""
