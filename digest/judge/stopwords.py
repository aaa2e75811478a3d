"""English words that carry no subject, and words that every abstract has."""

_WORDS = """
a about above after again against all along already also although always am among
an and another any are around as at away back be became because been before being below best better between
both but by came can cannot come could did different do does doing done down during each either else enough
even ever every far few first for from further gave get give given go good had has have having he her here him
his how however i if in indeed instead into is it its itself just keep kept know last least less let like long
look made main make makes making many may me might more most much must my near need never new next no none nor
not nothing now of off often old on once one only onto or other others our out over own part per perhaps put
quite rather really right said same see seem seen several she should show shown shows side since so some still
such take taken than that the their them then there therefore these they thing things this those though three
through thus to together too toward towards two under until up upon us use used uses using various very via
was way we well went were what when where whether which while who whole whom whose why will with within
without would yes yet you your abstract approach approaches based existing extensive experiments field
framework introduce introduces known method methods novel paper papers performance present presents problem
problems propose proposed proposes recent recently result results significant significantly specifically
state-of-the-art study task tasks work works
"""

STOPWORDS = frozenset(_WORDS.split())
