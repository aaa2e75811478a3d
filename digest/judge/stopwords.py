"""Stop words: English words that name no subject, and those that name none in this field's texts."""


def words(text: str) -> frozenset[str]:
    """The words of a list that is written as lines of text."""
    return frozenset(text.split())


#: Function words, and what every abstract says of itself.
STOPWORDS = words("""
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
""")

#: Words that fit any work in machine learning: they may stand in a theme's name and are none by themselves.
FIELD_WORDS = words("""
    across art benchmark benchmarks code data deep improve improves language large learning machine model models
    network networks neural post state training
""")

#: Words around a subject in a learner's statement: at either end of a phrase they name nothing.
STATEMENT_WORDS = (STOPWORDS - {"framework", "performance"}) | words("""
    especially particularly mainly mostly basically ideally generally maybe etc e.g eg i.e ie including
    include includes particular general preferably please stuff topic topics subject subjects
    kind sort lot lots bit area areas article articles blog blogs posts post news literature reading readings content
    material materials resources curated list lists collection everything anything something someone people teams
    team technical deeper deep-dive overview basics basic latest newest practical real stories story interested
    interest interests focus ideas concepts up-to-date world today actually currently happens happening
    related regarding concerning beyond themselves working want wants learn learning-about
    understand i'm i've i'd ok okay hello hi thanks advance cited cool great nice interesting fun actual
    is're say tell read goes going topics: e.g. i.e. etc.
""")
